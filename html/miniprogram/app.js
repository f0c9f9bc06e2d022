App({
  // What lasts while the mini program runs; each page gets at it with getApp().
  globalData: {},
});
