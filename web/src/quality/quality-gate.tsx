import type { ReactNode } from 'react'
import type { Me } from '../api/shapes.ts'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { evaluates } from './quality-shapes.ts'

/** Renders a quality page for evaluators; others get "not found". */
export function QualityGate({ children }: { children: (me: Me) => ReactNode }) {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return evaluates(presence.me) ? children(presence.me) : <NotFound />
}
