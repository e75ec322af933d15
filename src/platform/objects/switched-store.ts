// A store of objects that is held while its objects move, and is another one afterwards.
// In: a store. Out: the same for as long as nobody holds it. Never: a write that comes to its end after hold() has.
import { ObjectFault } from './faults.ts'
import type { ObjectStore } from './object-store.ts'

export interface SwitchedStore extends ObjectStore {
  /** From now on it is away; resolves when what was under way has ended. */
  hold: () => Promise<void>
  /** Goes on, with another store where one is given. */
  release: (store?: ObjectStore) => void
}

/** Whoever asks while it is held gets `object-store-away`, and tries again as with any other store that is. */
export function switchedStore(first: ObjectStore): SwitchedStore {
  let store = first
  let isHeld = false
  const running = new Set<Promise<unknown>>()

  async function run<Answer>(ask: (store: ObjectStore) => Promise<Answer>): Promise<Answer> {
    if (isHeld) throw new ObjectFault('object-store-away', 'The objects are being moved to another store.')
    const asked = ask(store)
    running.add(asked)
    try {
      return await asked
    } finally {
      running.delete(asked)
    }
  }

  return {
    put: (key, content) => run((one) => one.put(key, content)),
    moveIn: (key, file, bytes) => run((one) => one.moveIn(key, file, bytes)),
    readRange: (key, start, end) => run((one) => one.readRange(key, start, end)),
    sizeBytes: (key) => run((one) => one.sizeBytes(key)),
    delete: (key) => run((one) => one.delete(key)),
    list: (prefix) => store.list(prefix),
    async hold() {
      isHeld = true
      await Promise.allSettled(running)
    },
    release(next = store) {
      store = next
      isHeld = false
    },
  }
}
