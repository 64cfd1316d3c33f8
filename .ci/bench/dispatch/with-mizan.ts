/** The same function through Mizan, mounted in each backend. */

import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { mizan as forExpress } from '@mizan/express'
import { mizan as forFastify } from '@mizan/fastify'
import { mizan as forHono } from '@mizan/hono'
import { mizan as forNode } from '@mizan/node'
import { createApp } from '@mizan/server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { functions } from './functions.ts'

export function nodeWithMizan(): Server {
  return createServer(forNode(createApp({ functions })))
}

export function expressWithMizan(): Server {
  return createServer(express().use(forExpress(createApp({ functions }))))
}

export async function fastifyWithMizan(): Promise<Server> {
  const app = fastify().register(forFastify(createApp({ functions })))
  await app.ready()
  return app.server
}

export function honoWithMizan(): Server {
  const app = new Hono().use(forHono(createApp({ functions })))
  return createAdaptorServer({ fetch: app.fetch }) as Server // cast: without options it is one of node:http
}
