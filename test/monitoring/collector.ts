// Collects traces as an operator's own collector does: OTLP over HTTP with JSON. Returns the spans, and all text in
// them. Uses no OpenTelemetry library.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Attribute {
  key: string
  value: Record<string, unknown>
}

export interface Span {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Attribute[]
  status: { code?: number }
  /** Resource attributes of the sending process. */
  resource: Attribute[]
}

interface Sent {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Omit<Span, 'resource'>[] }[] }[]
}

export interface Collector {
  endpoint: string
  requests: { path: string; type: string; text: string }[]
  spans(): Span[]
  stop(): void
}

export async function startCollector(): Promise<Collector> {
  const requests: Collector['requests'] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8')
      requests.push({ path: request.url!, type: request.headers['content-type']!, text })
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans: () =>
      requests.flatMap(({ text }) =>
        (JSON.parse(text) as Sent).resourceSpans.flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: resource.attributes }))),
        ),
      ),
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
