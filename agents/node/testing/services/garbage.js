'use strict';

let kept = [];
setInterval(() => {
  kept = Array.from({ length: 200_000 }, (_, i) => ({ i }));
}, 50);
console.log(0);
