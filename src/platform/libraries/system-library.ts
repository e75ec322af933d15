/**
 * A shared library of the system's, which may be there or not. In: its file name by platform, and what is bound of it. Out: that, or
 * nothing. Looked for when it is first asked for, and held for good: koffi unloads a library that nothing refers to any more.
 */
import { createRequire } from 'node:module'
import type koffiModule from 'koffi'
import type { LibraryHandle } from 'koffi'

export function systemLibrary<T>(
  names: Partial<Record<NodeJS.Platform, string>>,
  bind: (handle: LibraryHandle) => T,
): () => T | undefined {
  let found: { handle: LibraryHandle; bound: T } | 'missing' | undefined
  return () => {
    found ??= load(names[process.platform], bind) ?? 'missing'
    return found === 'missing' ? undefined : found.bound
  }
}

function load<T>(name: string | undefined, bind: (handle: LibraryHandle) => T) {
  if (name === undefined) return undefined
  try {
    // koffi is a module built for each platform: only who needs a library asks for it.
    const { default: koffi } = createRequire(import.meta.url)('koffi') as { default: typeof koffiModule }
    const handle = koffi.load(name)
    return { handle, bound: bind(handle) }
  } catch {
    return undefined
  }
}
