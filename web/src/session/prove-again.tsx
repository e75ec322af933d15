import { lazy, Suspense, useSyncExternalStore } from 'react'
import { proofs } from '../api/presence-proof.ts'
import type { Me } from '../api/shapes.ts'

const ProofDialog = lazy(async () => ({ default: (await import('./proof-dialog.tsx')).ProofDialog }))

/** Shows the dialog for the proof of presence while a critical act waits for it: the last proof was more than 15 minutes ago. */
export function ProveAgain({ me }: { me: Me }) {
  const request = useSyncExternalStore(proofs.subscribe, proofs.current)
  return <Suspense>{request && <ProofDialog me={me} request={request} />}</Suspense>
}
