// A picture that a person sets on the personal page, on a phone: chosen, shown, refused with a sentence, removed; a photo that is larger
// than the site takes, with scripts and without.
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { browser, desktop, finish, is, leads, look, ok, phone, site } from './tools.mjs';

// PNG's checksum: Node.js 18 has none.
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]), whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
};

// A PNG picture whose left half is red and whose right half is blue; noise: of that much in each colour.
function picture(width, height, noise = 0) {
  const random = randomBytes(width * height), rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * (width * 3 + 1) + 1 + x * 3, more = random[y * width + x] % (noise + 1);
      rows[at] = x < width / 2 ? 255 - more : more;
      rows[at + 1] = more;
      rows[at + 2] = x < width / 2 ? more : 255 - more;
    }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
const file = (buffer, name = 'me.png') => ({ name, mimeType: 'image/png', buffer });

// The colours on the left and on the right of what the page shows, roughly.
const shown = (page) => page.evaluate(async () => {
  const image = document.querySelector('img.profile__avatar'), canvas = document.createElement('canvas');
  await image.decode();
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const side = (x) => { const [red, , blue] = context.getImageData(x, canvas.height / 2, 1, 1).data; return red > 150 && blue < 100 ? 'red' : blue > 150 && red < 100 ? 'blue' : `${red}, ${blue}`; };
  return `${canvas.width} × ${canvas.height}: ${side(canvas.width / 4)}, ${side(canvas.width * 3 / 4)}`;
});

const photo = picture(1600, 1200, 60);
ok(photo.length > 1024 * 1024, `a photo of ${photo.length} bytes`);

const cases = [
  { name: 'picture-phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, choose: '为自己选一张头像', chosen: '在本站的头像', other: '这个文件不是 PNG 或 JPEG 图片，请另选一张。', heavy: '文件太大了，最大 1 MB。', remove: '删除这张头像' },
  { name: 'picture-phone-dark-en', options: { ...phone, locale: 'en-US', colorScheme: 'dark' }, choose: 'Choose a picture for this site', chosen: 'Picture on this site', other: 'This file is neither a PNG nor a JPEG picture. Choose another one.', heavy: 'The file is too large: 1 MB at most.', remove: 'Remove this picture' },
  { name: 'picture-desktop-zh_TW', options: { ...desktop, locale: 'zh-TW', colorScheme: 'light' }, choose: '為自己選一張大頭貼', chosen: '在本站的大頭貼', other: '這個檔案不是 PNG 或 JPEG 圖片，請另選一張。', heavy: '檔案太大了，上限為 1 MB。', remove: '刪除這張大頭貼' },
];

async function signIn(options) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${site}/cgi-bin/me.cgi`);
  await page.click('#meimei');
  await page.waitForURL(`${site}/cgi-bin/me.cgi`);
  return page;
}

for (const c of cases) {
  const page = await signIn(c.options);
  const row = (text) => page.locator('summary', { hasText: text });
  const save = () => leads(page, () => page.click('form[enctype] button'));
  await row(c.choose).click();
  await look(page, `${c.name}-choose`);
  await page.setInputFiles('#picture', file(picture(300, 200)));
  await save();
  is(await shown(page), '200 × 200: red, blue', `${c.name}: the picture is shown`);
  await row(c.chosen).click();
  await look(page, `${c.name}-chosen`);

  await page.setInputFiles('#picture', file(Buffer.from('GIF89a'), 'me.gif'));
  await save();
  is(await page.textContent('#picture_flaw'), c.other, `${c.name}: another file is refused, with a sentence`);
  ok(await page.isVisible('#picture'), `${c.name}: beside the form`);
  await look(page, `${c.name}-refused`);

  await page.setInputFiles('#picture', file(photo));
  await page.waitForFunction(() => document.getElementById('picture').files[0].size < 1024 * 1024 && !document.querySelector('form[enctype] button').disabled);
  await save();
  is(await shown(page), '320 × 320: red, blue', `${c.name}: a photo is made smaller, and sent`);

  await row(c.chosen).click();
  await leads(page, () => page.click(`button:has-text("${c.remove}")`));
  is(await row(c.choose).count(), 1, `${c.name}: removed`);
  await page.context().close();

  const plain = await signIn({ ...c.options, javaScriptEnabled: false });
  await plain.locator('summary', { hasText: c.choose }).click();
  await plain.setInputFiles('#picture', file(photo));
  await leads(plain, () => plain.click('form[enctype] button'));
  is(await plain.textContent('#picture_flaw'), c.heavy, `${c.name}: without scripts the page says what is wrong`);
  await plain.setInputFiles('#picture', file(picture(300, 200)));
  await leads(plain, () => plain.click('form[enctype] button'));
  is(await plain.locator('summary', { hasText: c.chosen }).count(), 1, `${c.name}: and takes a smaller one`);
  await plain.locator('summary', { hasText: c.chosen }).click();
  await leads(plain, () => plain.click(`button:has-text("${c.remove}")`));
  await plain.context().close();
}

await finish();
