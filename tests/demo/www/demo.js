// Shows the page in the visitor's language; without scripts it is in Chinese.
const mains = [...document.querySelectorAll('main')];
const wanted = navigator.languages.map((tag) => (/^zh-(TW|HK|MO|Hant)/i.test(tag) ? 'zh-TW' : /^zh/i.test(tag) ? 'zh-CN' : 'en'))[0] ?? 'zh-CN';
const main = mains.find((one) => one.lang === wanted);
for (const other of mains) if (other !== main) other.remove();
main.hidden = false;
document.documentElement.lang = wanted;
document.title = main.dataset.title;

// What a static page needs to know who is there: one call, with the cookie that the browser has.
const who = main.querySelector('.who');
try {
  const answer = await fetch('/cgi-bin/validate.cgi');
  const user = await answer.json();
  if (answer.status === 200) who.textContent = who.dataset.in + (user.nickname ?? user.sub);
  else if (answer.status === 401) who.textContent = who.dataset.out;
  else who.textContent = who.dataset.unknown + answer.status;
} catch (error) {
  who.textContent = who.dataset.unknown + error.message;
}
