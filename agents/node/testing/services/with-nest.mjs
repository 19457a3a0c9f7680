import 'reflect-metadata';
import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const adapters = {
  express: async () => new (await import('@nestjs/platform-express')).ExpressAdapter(),
  fastify: async () => new (await import('@nestjs/platform-fastify')).FastifyAdapter(),
};

class Users {
  one(id) {
    return { id };
  }

  fail() {
    throw new Error('as asked');
  }
}

// What decorators do where there is a compiler for them.
const descriptorOf = (name) => Object.getOwnPropertyDescriptor(Users.prototype, name);
Param('id')(Users.prototype, 'one', 0);
Get(':id')(Users.prototype, 'one', descriptorOf('one'));
Post(':id')(Users.prototype, 'fail', descriptorOf('fail'));
Controller('users')(Users);

class Root {}
Module({ controllers: [Users] })(Root);

const app = await NestFactory.create(Root, await adapters[process.argv[2]](), { logger: false });
app.setGlobalPrefix('api');
await app.listen(0, '127.0.0.1');
console.log(app.getHttpServer().address().port);
