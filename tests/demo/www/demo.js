// What a static page needs to know who is there: one call, with the cookie that the browser has.
const who = document.getElementById('who');
try {
  const answer = await fetch('/cgi-bin/validate.cgi');
  const user = await answer.json();
  if (answer.status === 200) who.textContent = `已登录 signed in: ${user.nickname ?? user.sub}`;
  else if (answer.status === 401) who.textContent = '还没有登录 not signed in';
  else who.textContent = `暂时不知道 cannot tell now (${answer.status})`;
} catch {
  who.textContent = '程序没有回答 the program did not answer';
}
