// Nickname and avatar. wx.login no longer brings them: the person gives them, and the phone keeps them.
const STORED = 'profile';

function read() {
  return wx.getStorageSync(STORED) || {};
}

function write(change) {
  const profile = { ...read(), ...change };
  wx.setStorageSync(STORED, profile);
  return profile;
}

// The path that WeChat hands out is temporary: the picture itself is kept.
function keepAvatar(temporary) {
  return new Promise((resolve) => {
    wx.getFileSystemManager().saveFile({
      tempFilePath: temporary,
      success: ({ savedFilePath }) => resolve(write({ avatarUrl: savedFilePath })),
      fail: () => resolve({ ...read(), avatarUrl: temporary }),
    });
  });
}

module.exports = { read, write, keepAvatar };
