import type { FastifyReply } from 'fastify'

export interface EventSource {
  everyMs: number
  /** Returns the next event; undefined ends the stream with an event `ended`. */
  picture: () => Promise<{ event: string; data: unknown } | undefined>
  onFault: (error: unknown) => void
  onClosed: () => void
}

/** Returns true once the browser is gone. If it went during authentication, a close handler added later would never run. */
export function hasLeft(reply: FastifyReply): boolean {
  return reply.raw.destroyed
}

/** Answers with server-sent events (WHATWG HTML, section 9.2), until the client is gone or there are no more. */
export function openEvents(reply: FastifyReply, { everyMs, picture, onFault, onClosed }: EventSource): void {
  reply.hijack()
  const stream = reply.raw
  if (hasLeft(reply)) return onClosed()
  let timer: NodeJS.Timeout | undefined
  stream.on('close', () => {
    clearTimeout(timer)
    onClosed()
  })
  stream.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })

  const show = async () => {
    if (stream.destroyed) return
    // A client that does not read would fill memory; browsers reconnect.
    if (stream.writableNeedDrain) return void stream.destroy()
    const next = await picture()
    stream.write(`event: ${next?.event ?? 'ended'}\ndata: ${JSON.stringify(next?.data ?? {})}\n\n`)
    if (!next) return void stream.end()
    timer = setTimeout(proceed, everyMs)
  }
  const proceed = () => {
    show().catch((error: unknown) => {
      onFault(error)
      stream.end()
    })
  }
  proceed()
}
