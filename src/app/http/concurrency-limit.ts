/**
 * Limits concurrent requests per visitor, so that one visitor does not delay others. Further requests wait in order; if too many
 * wait, they are refused with 429 (RFC 6585 section 4). A request holds its slot until its response begins, but not while its
 * body arrives. This machine, and proxies that do not send their clients' addresses, are exempt.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientKeyOf } from '#platform/connections/client-address.ts'
import { refuse } from './refuse.ts'
import type { Routes } from './routes.ts'

const maxWaiting = 256

interface Visitor {
  working: number
  waiting: (() => void)[]
}

interface Slot {
  /** Waits for a slot, unless the request holds one. `no` if too many requests wait, or the request has ended. */
  take: () => Promise<'yes' | 'no'>
  release: () => void
  /** Releases the slot finally, when the response begins or the client disconnects. */
  end: () => void
}

/**
 * Call it before any hook that queries the database.
 * @param maxConcurrent maximum of concurrent requests per visitor
 */
export function limitConcurrency(app: Routes, maxConcurrent: number, isUnlimited: (address: string) => boolean): void {
  const visitors = new Map<string, Visitor>()
  const slots = new WeakMap<FastifyRequest, Slot>()
  const takeSlot = async (request: FastifyRequest) => (await slots.get(request)?.take()) !== 'no'
  const refuseTooMany = (reply: FastifyReply) => refuse(reply.header('retry-after', 1), 'session.too-many')

  app.addHook('onRequest', async (request, reply) => {
    if (isUnlimited(request.ip)) return
    const slot = createSlot(visitors, clientKeyOf(request.ip), maxConcurrent)
    slots.set(request, slot)
    const { raw } = reply
    raw.once('close', slot.end)
    const writeHead = raw.writeHead.bind(raw) as (...args: unknown[]) => typeof raw
    raw.writeHead = (...args: unknown[]) => {
      slot.end()
      return writeHead(...args)
    }
    if (!(await takeSlot(request))) return refuseTooMany(reply)
  })
  app.addHook('preParsing', async (request) => slots.get(request)?.release())
  app.addHook('preValidation', async (request, reply) => {
    if (!(await takeSlot(request))) return refuseTooMany(reply)
  })
}

function createSlot(visitors: Map<string, Visitor>, name: string, maxConcurrent: number): Slot {
  let state: 'none' | 'waiting' | 'working' | 'ended' = 'none'
  let stopWaiting: (() => void) | undefined

  function leave(): void {
    const visitor = visitors.get(name)
    const was = state
    state = 'none'
    if (was === 'waiting') stopWaiting?.()
    if (was !== 'working' || !visitor) return
    // First in, first out.
    const next = visitor.waiting.shift()
    if (next) return next()
    visitor.working -= 1
    if (visitor.working === 0) visitors.delete(name)
  }

  return {
    async take() {
      if (state === 'working') return 'yes'
      if (state === 'ended') return 'no'
      const visitor = visitors.get(name) ?? { working: 0, waiting: [] }
      visitors.set(name, visitor)
      if (visitor.working < maxConcurrent) {
        visitor.working += 1
        state = 'working'
        return 'yes'
      }
      if (visitor.waiting.length >= maxWaiting) return 'no'
      state = 'waiting'
      return new Promise((resolve) => {
        const proceed = () => {
          state = 'working'
          resolve('yes')
        }
        visitor.waiting.push(proceed)
        stopWaiting = () => {
          visitor.waiting.splice(visitor.waiting.indexOf(proceed), 1)
          resolve('no')
        }
      })
    },
    release: () => {
      if (state !== 'ended') leave()
    },
    end() {
      if (state === 'ended') return
      leave()
      state = 'ended'
    },
  }
}
