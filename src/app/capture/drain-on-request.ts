import type { Admission } from '#capture/admission/admission.ts'
import type { CaptureCommand } from './capture-control.ts'

export interface Draining {
  execute(command: CaptureCommand): void
  /** Resolves when draining is complete: no live session and nothing waiting. */
  drained: Promise<void>
  stop(): void
}

const checkMs = 250

/** Drains capture: done when the last session is sealed and its facts are in the register (`seloste drain`). */
export function drainOnRequest(
  admission: Admission,
  { remaining, onChange }: { remaining: () => number; onChange: (draining: boolean) => void },
): Draining {
  let timer: NodeJS.Timeout | undefined
  let done: () => void = () => undefined
  const drained = new Promise<void>((resolve) => (done = resolve))

  function check(): void {
    if (remaining() > 0) return
    clearInterval(timer)
    done()
  }

  return {
    execute(command) {
      const draining = command === 'drain'
      if (draining === admission.state.draining) return
      clearInterval(timer)
      if (draining) {
        admission.drain()
        // The first check is one interval later: a call accepted a moment ago is counted as a session by then.
        timer = setInterval(check, checkMs)
      } else admission.resume()
      onChange(draining)
    },
    drained,
    stop: () => clearInterval(timer),
  }
}
