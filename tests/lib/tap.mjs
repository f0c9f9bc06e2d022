// TAP, as prove reads it.
let count = 0;
let failures = 0;

export function ok(good, name) {
  count += 1;
  if (!good) failures += 1;
  console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
  return good;
}

export function is(got, expected, name) {
  const same = ok(got === expected, name);
  if (!same) console.log(`# got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  return same;
}

export function done() {
  console.log(`1..${count}`);
  process.exit(failures ? 1 : 0);
}
