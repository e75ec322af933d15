import Fastify, { type RouteOptions } from 'fastify'
import { describe, expect, test } from 'vitest'
import { lazyCompile } from './lazy-compile.ts'
import { operations } from './contract/operations.ts'

const handler = async () => ({ many: 2, hidden: 'x' })

describe('a route whose schemas are compiled at its first request', () => {
  const open = () => {
    const app = Fastify({ schemaController: lazyCompile })
    app.post('/sum', {
      schema: {
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['many'],
          properties: { many: { type: 'integer' } },
        },
        response: { 200: { type: 'object', properties: { many: { type: 'integer' } } } },
      },
      handler,
    })
    return app
  }

  test('answers by its schema, and reports the errors of each request', async () => {
    const app = open()
    const request = (payload: object) => app.inject({ method: 'POST', url: '/sum', payload })
    const [right, wrong, less] = [await request({ many: 1 }), await request({ many: 'x' }), await request({})]
    expect([right.statusCode, right.body]).toEqual([200, '{"many":2}'])
    expect([wrong.statusCode, wrong.json<{ message: string }>().message]).toEqual([400, 'body/many must be integer'])
    expect(less.json<{ message: string }>().message).toBe("body must have required property 'many'")
    expect((await request({ many: 3 })).statusCode).toBe(200)
  })

  test('is not compiled before, so that an invalid schema fails that request only', async () => {
    const app = open()
    app.get('/broken', { schema: { querystring: { type: 'no-type' } }, handler })
    await app.ready()
    expect((await app.inject('/broken')).statusCode).toBe(500)
    expect((await app.inject({ method: 'POST', url: '/sum', payload: { many: 1 } })).statusCode).toBe(200)
  })
})

test('every operation of the contract has schemas that compile', async () => {
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array' } } })
  for (const operation of Object.values<Omit<RouteOptions, 'handler'>>(operations)) app.route({ ...operation, handler })
  await app.ready()
})
