import { lazy, Suspense, useSyncExternalStore } from 'react'
import { proofs } from '../api/presence-proof.ts'
import type { Me } from '../api/shapes.ts'

const ProofDialog = lazy(async () => ({ default: (await import('./proof-dialog.tsx')).ProofDialog }))

/** Requests proof of presence before a critical act, if the last proof is older than 15 minutes. */
export function ProveAgain({ me }: { me: Me }) {
  const request = useSyncExternalStore(proofs.subscribe, proofs.current)
  return <Suspense>{request && <ProofDialog me={me} request={request} />}</Suspense>
}
