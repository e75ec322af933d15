import { readAt } from '../edits.ts'

/** Returns an unused id such as `rule-3`. */
export function freshId(start: string, items: readonly unknown[]): string {
  const taken = items.map((item) => readAt(item, ['id']))
  for (let number = items.length + 1; ; number += 1) {
    const id = `${start}-${number}`
    if (!taken.includes(id)) return id
  }
}
