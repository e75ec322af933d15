/**
 * Proof of presence: the server asks for it before what weighs much (403 confirm.fresh). In: such an answer. Out: the same
 * request once more, after the person has proved who they are. Never here: the proof itself (prove-again.tsx).
 */
export interface Asking {
  /** Called once: whether the person proved who they are. */
  answer: (proved: boolean) => void
}

let asking: Asking | undefined
const listeners = new Set<() => void>()

/** For useSyncExternalStore: what is being asked now. */
export const proofs = {
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  current: () => asking,
}

function show(next: Asking | undefined): void {
  asking = next
  for (const listener of listeners) listener()
}

/** Asks the person at this browser; where nobody can be asked, nobody has proved anything. */
function askForProof(): Promise<boolean> {
  if (listeners.size === 0 || asking) return Promise.resolve(false)
  return new Promise((resolve) => {
    show({
      answer: (proved) => {
        show(undefined)
        resolve(proved)
      },
    })
  })
}

/** Fetches; what the server answers with confirm.fresh is asked again after a proof. */
export async function fetchWithProof(request: Request): Promise<Response> {
  const again = request.method === 'GET' ? undefined : request.clone()
  const response = await fetch(request)
  if (!again || response.status !== 403) return response
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { error?: { code?: string } } | undefined
  if (body?.error?.code !== 'confirm.fresh' || !(await askForProof())) return response
  return fetch(again)
}
