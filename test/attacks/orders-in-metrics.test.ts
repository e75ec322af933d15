// L37: neither metrics nor spans reveal that a preservation order was entered, renewed, ended or viewed.
import Fastify from 'fastify'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { TracedSpan, Traces } from '#platform/traces/traces.ts'
import { measureRequests } from '#app/http/measure-requests.ts'
import { traceRequests } from '#app/http/trace-requests.ts'

test('all requests about orders look the same in metrics and spans', async () => {
  const spans: unknown[] = []
  const traces = { on: true, record: (span: TracedSpan) => spans.push(span) } as unknown as Traces
  const registry = new Registry()
  const app = Fastify()
  measureRequests(app, registry)
  traceRequests(app, traces, () => 0)
  app.get('/api/holds', () => [])
  app.post('/api/holds', (_request, reply) => reply.code(201).send({}))
  app.post('/api/holds/:id/end', (_request, reply) => reply.code(204).send())
  app.get('/api/contacts/:id', () => ({}))
  const id = '0b3f5a1e-1111-4222-8333-444455556666'
  await app.inject({ method: 'GET', url: '/api/holds' })
  await app.inject({ method: 'POST', url: '/api/holds', payload: {} })
  await app.inject({ method: 'POST', url: `/api/holds/${id}/end`, payload: {} })
  expect(spans).toHaveLength(3)
  const shown = spans.map((span) => JSON.stringify({ ...(span as object), startedMs: 0 }))
  expect(new Set(shown).size).toBe(1)
  expect(shown[0]).not.toContain(id)
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('seloste_http_requests_total'))
  expect(lines).toEqual(['seloste_http_requests_total{method="other",route="/api/holds",status="200"} 3'])
  await app.inject({ method: 'GET', url: `/api/contacts/${id}` })
  expect(spans.at(-1)).toMatchObject({ name: 'GET /api/contacts/:id', attributes: { 'seloste.object.id': id } })
  await app.close()
})
