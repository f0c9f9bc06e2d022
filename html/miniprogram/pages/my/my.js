const config = require('../../config');
const kit = require('../../kit');
const profile = require('../../profile');
const theme = require('../../theme');
const { explain, words } = require('../../words');

// The four ways to hand the item that was tapped to its page; detail.js takes it. What one returns
// is the query of the link.
const give = {
  // In the link: it must be encoded, as it may hold & or =.
  query: (app, element, item) => `?item=${encodeURIComponent(item.id)}&name=${encodeURIComponent(item.text)}`,
  // By the element's id, through a global of the app.
  id(app, element) { app.requestId = element.id; },
  // By the element's data-index, through another.
  index(app, element) { app.requestIndex = element.dataset.index; },
  // The item itself, whatever it is, in the app's global data.
  global(app, element, item) { app.globalData.item = item; },
};

Page({
  data: { theme: 'light', words: {}, profile: {}, ways: Object.keys(give), way: 'query', items: [], who: '', unfolded: false, copied: false, failure: null, loading: true },

  onLoad() {
    this.endTheme = theme.follow(this);
    this.setData({ words: words(), profile: profile.read() });
    wx.setNavigationBarTitle({ title: words().my.title });
    return this.refresh();
  },

  onUnload() {
    this.endTheme();
  },

  async refresh() {
    this.setData({ failure: null, loading: true });
    try {
      const [who, list] = await Promise.all([kit.call('validate.cgi'), kit.call('list.cgi?format=json')]);
      const items = list.items.map((item) => ({ ...item, icon: kit.siteUrl(item.icon) }));
      this.setData({ who: who.sub, items, loading: false });
    } catch (error) {
      this.setData({ failure: explain(error, config.site) });
    }
  },

  chooseWay(event) {
    this.setData({ way: event.currentTarget.dataset.way });
  },

  // currentTarget is the cell, which has bindtap, id and data-index. target is what the finger met
  // within it, the text or the badge: no id, an empty dataset.
  openItem(event) {
    const app = getApp();
    const element = event.currentTarget;
    const item = this.data.items.find(({ id }) => id === element.id);
    app.requestWay = this.data.way;
    const query = give[this.data.way](app, element, item) || '';
    wx.navigateTo({ url: `/pages/detail/detail${query}` });
  },

  unfold() {
    this.setData({ unfolded: !this.data.unfolded, copied: false });
  },

  copyWho() {
    wx.setClipboardData({ data: this.data.who, success: () => this.setData({ copied: true }) });
  },

  async keepAvatar(event) {
    this.setData({ profile: await profile.keepAvatar(event.detail.avatarUrl) });
  },

  keepNickname(event) {
    this.setData({ profile: profile.write({ nickname: event.detail.value.trim() }) });
  },

  // WeChat looks over a nickname after it was entered, and may refuse it.
  reviewNickname(event) {
    if (!event.detail.pass && !event.detail.timeout) this.setData({ profile: profile.write({ nickname: '' }) });
  },
});
