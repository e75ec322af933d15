// An object store that is paused while its objects move, and replaced afterwards. No write completes after pause() has resolved.
import { ObjectFault } from './faults.ts'
import type { ObjectStore } from './object-store.ts'

export interface SwitchableStore extends ObjectStore {
  /** Pauses the store; resolves when running operations have ended. */
  pause: () => Promise<void>
  /** Resumes, with the given store if there is one. */
  resume: (store?: ObjectStore) => void
}

/** Operations during a pause fail with `object-store-away` and are retried like any such failure. */
export function switchableStore(first: ObjectStore): SwitchableStore {
  let store = first
  let isPaused = false
  const running = new Set<Promise<unknown>>()

  async function run<Answer>(work: (store: ObjectStore) => Promise<Answer>): Promise<Answer> {
    if (isPaused) throw new ObjectFault('object-store-away', 'The objects are being moved to another store.')
    const result = work(store)
    running.add(result)
    try {
      return await result
    } finally {
      running.delete(result)
    }
  }

  return {
    put: (key, content) => run((one) => one.put(key, content)),
    moveIn: (key, file, bytes) => run((one) => one.moveIn(key, file, bytes)),
    readRange: (key, start, end) => run((one) => one.readRange(key, start, end)),
    sizeBytes: (key) => run((one) => one.sizeBytes(key)),
    delete: (key) => run((one) => one.delete(key)),
    list: (prefix) => store.list(prefix),
    async pause() {
      isPaused = true
      await Promise.allSettled(running)
    },
    resume(next = store) {
      store = next
      isPaused = false
    },
  }
}
