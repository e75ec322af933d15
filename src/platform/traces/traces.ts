// What took how long, for whoever hunts a delay, by OpenTelemetry.
// In: spans by name, times and ids. Out: they are sent to the endpoint that the operator named, by OTLP over HTTP. Never: a
// value that could be somebody's number or name; a wait of who traces; the libraries loaded where nobody traces.
import type { Tracer } from '@opentelemetry/api'

/** A span that is over. Attributes are ids, counts, patterns and names of the program's own. */
export interface TracedSpan {
  name: string
  kind: 'server' | 'internal'
  /** Milliseconds since 1970. */
  startedMs: number
  endedMs: number
  attributes: Readonly<Record<string, string | number | boolean | undefined>>
  failed?: boolean
  /** Of a call: see `callSpan`. Without it a trace of its own. */
  place?: SpanPlace
}

export interface SpanPlace {
  /** 32 and 16 hexadecimal digits. */
  traceId: string
  spanId?: string
  parentSpanId?: string
}

export interface Traces {
  /** Whether anybody traces: what is only for spans need not be asked. */
  readonly on: boolean
  note(span: TracedSpan): void
  /** Sends what is left. */
  stop(): Promise<void>
}

export const noTraces: Traces = { on: false, note: () => undefined, stop: () => Promise.resolve() }

export interface TracesOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT, without `/v1/traces`; undefined: nobody traces. */
  endpoint: string | undefined
  /** Which process: `seloste-desk`. */
  service: string
  version: string
  /** The libraries could not be loaded. */
  onFault: (error: unknown) => void
}

/** Spans before the libraries are there wait, this many at most. */
const mostWaiting = 2_000

/** Returns at once; the libraries (half a second of a core) are loaded after. */
export function openTraces(options: TracesOptions): Traces {
  const { endpoint } = options
  if (endpoint === undefined) return noTraces
  const waiting: TracedSpan[] = []
  let note = (span: TracedSpan): void => {
    if (waiting.length < mostWaiting) waiting.push(span)
  }
  const opened = open({ ...options, endpoint }).then(
    (sending) => {
      note = sending.note
      for (const span of waiting.splice(0)) note(span)
      return sending
    },
    (error: unknown) => {
      note = () => undefined
      options.onFault(error)
      return undefined
    },
  )
  return {
    on: true,
    note: (span) => note(span),
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
  /** The place of the span that is being made: making one is synchronous. */
  let place: SpanPlace | undefined
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendMs })
  const provider = new TracerProvider({
    // Nothing is detected: the name of a machine, a user or a path is nobody's business.
    resource: resources.resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    idGenerator: {
      generateTraceId: () => place?.traceId ?? random.generateTraceId(),
      generateSpanId: () => place?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: sendMs })],
  })
  const tracer: Tracer = provider.getTracer('seloste', version)
  const kinds = { server: api.SpanKind.SERVER, internal: api.SpanKind.INTERNAL }
  return {
    note(span: TracedSpan): void {
      const parentId = span.place?.parentSpanId
      const context =
        span.place && parentId !== undefined
          ? api.trace.setSpanContext(api.ROOT_CONTEXT, {
              ...{ traceId: span.place.traceId, spanId: parentId, isRemote: true },
              traceFlags: api.TraceFlags.SAMPLED,
            })
          : api.ROOT_CONTEXT
      place = span.place
      const made = tracer.startSpan(
        span.name,
        { kind: kinds[span.kind], startTime: span.startedMs, attributes: told(span.attributes) },
        context,
      )
      place = undefined
      if (span.failed === true) made.setStatus({ code: api.SpanStatusCode.ERROR })
      made.end(Math.max(span.startedMs, span.endedMs))
    },
    stop: () => provider.shutdown().catch(() => undefined),
  }
}

function told(attributes: TracedSpan['attributes']): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).filter((one): one is [string, string | number | boolean] => one[1] !== undefined),
  )
}
