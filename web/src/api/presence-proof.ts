/**
 * Proof of presence: the server requires it for critical acts (403 confirm.fresh). After the proof (prove-again.tsx) the
 * request is sent again.
 */
export interface ProofRequest {
  /** Called once; `proved` is true if the person gave the proof. */
  answer: (proved: boolean) => void
}

let pendingProof: ProofRequest | undefined
const listeners = new Set<() => void>()

/** For useSyncExternalStore: the current request for proof. */
export const proofs = {
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  current: () => pendingProof,
}

function show(next: ProofRequest | undefined): void {
  pendingProof = next
  for (const listener of listeners) listener()
}

/** Requests a proof in the page; false if no page can ask, or another proof is already requested. */
function requestProof(): Promise<boolean> {
  if (listeners.size === 0 || pendingProof) return Promise.resolve(false)
  return new Promise((resolve) => {
    show({
      answer: (proved) => {
        show(undefined)
        resolve(proved)
      },
    })
  })
}

/** Fetches; on confirm.fresh requests a proof and sends the request again. */
export async function fetchWithProof(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? undefined : request.clone()
  const response = await fetch(request)
  if (!again || response.status !== 403) return response
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { error?: { code?: string } } | undefined
  if (body?.error?.code !== 'confirm.fresh' || !(await requestProof())) return response
  return fetch(again)
}
