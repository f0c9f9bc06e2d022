const config = require('../../config');
const kit = require('../../kit');
const theme = require('../../theme');
const { explain, words } = require('../../words');

const ID_MAX = 64; // lib/list/list.h
const NAME_MAX = 60;

// The query of a link arrives as it was written: encoded, and by anybody.
function decode(text) {
  try {
    return decodeURIComponent(text || '');
  } catch (error) {
    return '';
  }
}

// The four ways, as my.js gives.
const take = {
  query: (app, options) => decode(options.item),
  id: (app) => app.requestId,
  index: (app) => app.requestIndex,
  global: (app) => app.globalData.item && app.globalData.item.id,
};

Page({
  data: { theme: 'light', words: {}, item: null, way: '', name: '', failure: null },

  onLoad(options) {
    this.endTheme = theme.follow(this);
    const app = getApp();
    const way = options.item === undefined ? app.requestWay : 'query';
    this.setData({ words: words(), way, name: decode(options.name).slice(0, NAME_MAX) });
    this.value = way && take[way](app, options);
    return this.refresh();
  },

  onUnload() {
    this.endTheme();
  },

  // Whichever way a value came, the site's list says whether there is such an item.
  async refresh() {
    const { unknown, unknownText, nothing, nothingText } = words().detail;
    wx.setNavigationBarTitle({ title: words().my.title });
    this.setData({ failure: null, item: null });
    if (!this.value) return this.setData({ failure: { title: nothing, text: nothingText } });
    if (this.value.length > ID_MAX) return this.setData({ failure: { title: unknown, text: unknownText } });
    try {
      const item = await kit.call(`list.cgi?format=json&item=${encodeURIComponent(this.value)}`);
      wx.setNavigationBarTitle({ title: item.text });
      return this.setData({ item: { ...item, icon: kit.siteUrl(item.icon) } });
    } catch (error) {
      const failure = error.kind === 'not_found' ? { title: unknown, text: unknownText } : explain(error, config.site);
      return this.setData({ failure });
    }
  },

  // The list is the page before, unless this one was opened by a link.
  back() {
    wx.navigateBack({ fail: () => wx.reLaunch({ url: '/pages/my/my' }) });
  },

  // A mini program opens no pages of the web but those of its business domains.
  copyUrl() {
    wx.setClipboardData({ data: kit.siteUrl(this.data.item.url) });
  },
});
