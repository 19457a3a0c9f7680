'use strict';

// What was put in the place of methods, to be undone when the probe stops.
const replaced = [];

/**
 * Puts another method in the place of one, until `unwrapAll()`. What a caller can see of it (name, length,
 * whether it is enumerable) stays. Where that is refused (a frozen object, no such method) the object is
 * left alone.
 * @param {object} owner usually a prototype
 * @param {string} name
 * @param {(original: Function) => Function} make
 */
function wrap(owner, name, make) {
  const replacement = replace(owner, name, make);
  if (replacement !== undefined) replaced.push(replacement);
}

/** The same for one short-lived object, which keeps it. */
function shadow(object, name, make) {
  replace(object, name, make);
}

function replace(owner, name, make) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  const original = before === undefined ? owner[name] : before.value;
  if (typeof original !== 'function') return undefined;
  const value = make(original);
  Object.defineProperty(value, 'name', { value: original.name, configurable: true });
  Object.defineProperty(value, 'length', { value: original.length, configurable: true });
  const enumerable = before !== undefined && before.enumerable;
  const taken = Reflect.defineProperty(owner, name, { value, enumerable, configurable: true, writable: true });
  return taken ? { owner, name, before, value } : undefined;
}

/** Puts everything back, unless somebody else has wrapped it again. */
function unwrapAll() {
  for (const { owner, name, before, value } of replaced.splice(0).reverse()) {
    if (owner[name] !== value) continue;
    if (before === undefined) delete owner[name];
    else Reflect.defineProperty(owner, name, before);
  }
}

/** The answer of a function of ours; undefined where it fails, because the service must not notice. */
function attempt(ours, ...args) {
  try {
    return ours(...args);
  } catch {
    return undefined;
  }
}

/**
 * The same outcome, told to `done(error)` on its way. It is a promise of its own, so that a rejection
 * that the service does not handle stays one, and one that it handles does not become one.
 */
function watchPromise(promise, done) {
  if (typeof promise?.then !== 'function') return promise;
  return promise.then(
    (value) => {
      attempt(done);
      return value;
    },
    (error) => {
      attempt(done, error ?? true);
      throw error;
    },
  );
}

/** The same callback, `(error, ...)`, told to `done(error)` first. */
function watchCallback(callback, done) {
  return function (error) {
    attempt(done, error);
    return Reflect.apply(callback, this, arguments);
  };
}

module.exports = { attempt, shadow, unwrapAll, watchCallback, watchPromise, wrap };
