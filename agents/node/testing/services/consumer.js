'use strict';

const { Redis } = require('ioredis');

const redis = new Redis(JSON.parse(process.argv[2]));
setInterval(() => redis.incr('taken'), 50);
