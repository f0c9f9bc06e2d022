// On a screen that is 320 pixels wide no text is cut, nothing lies outside of its box, and nothing sticks out sideways: every page of
// scenes.mjs, in English, whose words are the longest; with HARD=1, and by `make sheets`, in three languages.
import { finish, is } from './tools.mjs';
import { cut, languages, missing, visit } from './visit.mjs';

is(missing().join(' '), '', 'each template is in a row of scenes.mjs');
await visit(async (page, row, language) => {
  is((await cut(page)).join('; '), '', `${row.name}, ${language}: no text is cut`);
}, { device: { viewport: { width: 320, height: 640 } }, only: process.env.HARD ? languages : ['en'] });
await finish();
