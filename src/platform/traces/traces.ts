// OpenTelemetry traces, sent to the configured endpoint by OTLP over HTTP. Attributes never hold numbers or names of persons;
// tracing never blocks; the libraries are loaded only if tracing is on.
import type { Tracer } from '@opentelemetry/api'

/** A finished span. Attributes are ids, counts, patterns and the program's own names. */
export interface TracedSpan {
  name: string
  kind: 'server' | 'internal'
  /** Milliseconds since 1970. */
  startedMs: number
  endedMs: number
  attributes: Readonly<Record<string, string | number | boolean | undefined>>
  failed?: boolean
  /** Trace id, span id and parent of the span: see `spanIdsOf` in src/capture/session/seen/trace-calls.ts. Default: a new trace. */
  spanIds?: SpanIds
}

export interface SpanIds {
  /** 32 and 16 hexadecimal digits. */
  traceId: string
  spanId?: string
  parentSpanId?: string
}

export interface Traces {
  /** False if tracing is off: work done only for spans can be skipped. */
  readonly on: boolean
  record(span: TracedSpan): void
  /** Sends the remaining spans. */
  stop(): Promise<void>
}

export const noTraces: Traces = { on: false, record: () => undefined, stop: () => Promise.resolve() }

export interface TracesOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT, without `/v1/traces`; undefined: tracing is off. */
  endpoint: string | undefined
  /** Name of the process: `seloste-desk`. */
  service: string
  version: string
  /** Called if the libraries could not be loaded. */
  onFault: (error: unknown) => void
}

/** Most spans that wait while the libraries load. */
const maxWaiting = 2_000

/** Returns at once and loads the libraries afterwards (half a second of CPU). */
export function openTraces(options: TracesOptions): Traces {
  const { endpoint } = options
  if (endpoint === undefined) return noTraces
  const waiting: TracedSpan[] = []
  let record = (span: TracedSpan): void => {
    if (waiting.length < maxWaiting) waiting.push(span)
  }
  const opened = open({ ...options, endpoint }).then(
    (sender) => {
      record = sender.record
      for (const span of waiting.splice(0)) record(span)
      return sender
    },
    (error: unknown) => {
      record = () => undefined
      options.onFault(error)
      return undefined
    },
  )
  return {
    on: true,
    record: (span) => record(span),
    stop: async () => (await opened)?.stop(),
  }
}

const sendMs = 3_000

async function open({ endpoint, service, version }: TracesOptions & { endpoint: string }) {
  const [api, { OTLPTraceExporter }, { BatchSpanProcessor, RandomIdGenerator, TracerProvider }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
    ])
  const random = new RandomIdGenerator()
  /** Ids for the span under construction; startSpan is synchronous. */
  let ids: SpanIds | undefined
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendMs })
  const provider = new TracerProvider({
    // No resource detection: names of machines, users and paths are not sent.
    resource: resources.resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    idGenerator: {
      generateTraceId: () => ids?.traceId ?? random.generateTraceId(),
      generateSpanId: () => ids?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: sendMs })],
  })
  const tracer: Tracer = provider.getTracer('seloste', version)
  const kinds = { server: api.SpanKind.SERVER, internal: api.SpanKind.INTERNAL }
  return {
    record(span: TracedSpan): void {
      const parentId = span.spanIds?.parentSpanId
      const context =
        span.spanIds && parentId !== undefined
          ? api.trace.setSpanContext(api.ROOT_CONTEXT, {
              ...{ traceId: span.spanIds.traceId, spanId: parentId, isRemote: true },
              traceFlags: api.TraceFlags.SAMPLED,
            })
          : api.ROOT_CONTEXT
      ids = span.spanIds
      const started = tracer.startSpan(
        span.name,
        { kind: kinds[span.kind], startTime: span.startedMs, attributes: plainAttributes(span.attributes) },
        context,
      )
      ids = undefined
      if (span.failed === true) started.setStatus({ code: api.SpanStatusCode.ERROR })
      started.end(Math.max(span.startedMs, span.endedMs))
    },
    stop: () => provider.shutdown().catch(() => undefined),
  }
}

function plainAttributes(attributes: TracedSpan['attributes']): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).filter((one): one is [string, string | number | boolean] => one[1] !== undefined),
  )
}
