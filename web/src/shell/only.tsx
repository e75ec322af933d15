import type { ReactNode } from 'react'
import type { Me } from '../api/shapes.ts'
import { useMe } from '../session/use-presence.ts'
import { NotFound } from './not-found.tsx'

/** Page of some persons; for others it does not exist. */
export function Only({ who, children }: { who: (me: Me) => boolean; children: ReactNode }) {
  return who(useMe()) ? children : <NotFound />
}
