/**
 * Interrupts a destroyer at a chosen step. Counts as steps every query and every operation on objects, keys and copies,
 * which are all real.
 */
import type { KyselyPlugin } from 'kysely'
import type { ExpunctionContext } from '#register/expunge.ts'

/** Interruption at a step: the process ends before or after it, its disk or database fails once, or it pauses. */
export type Interruption = 'killed-before' | 'killed-after' | 'EIO' | 'ENOSPC' | 'paused'

export interface Interrupted {
  expunging: ExpunctionContext
  /** Steps counted so far. */
  steps: () => number
  /** Resolves when a destroyer that pauses has reached its step; `resume` continues it. */
  reached: Promise<void>
  resume: () => void
}

export interface InterruptOptions {
  /** Number of the step that is interrupted, from 1. */
  at: number
  how: Interruption
  /** Ends the process. By default every later step throws an error instead. */
  die?: () => never
  /** Counts only operations outside the database, so that a paused destroyer holds no lock. */
  outsideOnly?: boolean
}

export function interrupt(expunging: ExpunctionContext, options: InterruptOptions): Interrupted {
  const { at, how, outsideOnly = false } = options
  const resumed = Promise.withResolvers<void>()
  const paused = Promise.withResolvers<void>()
  let steps = 0
  let dead = false
  const die = (): never => {
    dead = true
    if (options.die) options.die()
    throw new Error('killed')
  }

  function before(): number {
    if (dead) throw new Error('the process is dead')
    steps++
    if (steps !== at) return steps
    if (how === 'killed-before') die()
    if (how === 'EIO' || how === 'ENOSPC') throw Object.assign(new Error(how), { code: how })
    return steps
  }
  function after(step: number): void {
    if (step === at && how === 'killed-after') die()
  }

  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      if (!outsideOnly) queries.push(before())
      return node
    },
    transformResult({ result }) {
      if (!outsideOnly) after(queries.pop() ?? 0)
      return Promise.resolve(result)
    },
  }
  const queries: number[] = []

  function interruptible<Operations extends object>(
    operations: Operations,
    names: readonly (keyof Operations)[],
  ): Operations {
    const copy = { ...operations }
    for (const name of names) {
      const operation = operations[name] as (...args: unknown[]) => Promise<unknown>
      copy[name] = (async (...args: unknown[]) => {
        const step = before()
        if (step === at && how === 'paused') {
          paused.resolve()
          await resumed.promise
        }
        const result = await operation.apply(operations, args)
        after(step)
        return result
      }) as Operations[typeof name]
    }
    return copy
  }

  return {
    expunging: {
      ...expunging,
      db: expunging.db.withPlugin(counting),
      objects: interruptible(expunging.objects, ['delete']),
      keys: interruptible(expunging.keys, outsideOnly ? ['destroy'] : ['make', 'wrap', 'unwrap', 'destroy', 'has']),
      copies: interruptible(expunging.copies, ['renewKeyring', 'deleteObjects']),
    },
    steps: () => steps,
    reached: paused.promise,
    resume: resumed.resolve,
  }
}
