import { useSyncExternalStore } from 'react'

/** Returns true while the window is at least `minPx` pixels wide. */
export function useWide(minPx: number): boolean {
  const query = `(min-width: ${minPx}px)`
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}
