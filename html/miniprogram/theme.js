// Light or dark, as the phone is: WeUI's styles follow data-weui-theme. Gives what ends it.
function follow(page) {
  const show = ({ theme }) => page.setData({ theme: theme || 'light' });
  show(wx.getAppBaseInfo());
  wx.onThemeChange(show);
  return () => wx.offThemeChange(show);
}

module.exports = { follow };
