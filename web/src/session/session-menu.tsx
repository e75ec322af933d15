import { ChevronDown, UserRound } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Me } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'

const loadPopover = () => import('./session-popover.tsx')
const SessionPopover = lazy(async () => ({ default: (await loadPopover()).SessionPopover }))

/** Button of the signed-in person; opens who they are, what they may see, and sign-out. */
export function SessionMenu({ me, onSignOut }: { me: Me; onSignOut: () => void }) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <Button
        kind="quiet"
        className="session-button"
        ref={button}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onHoverStart={() => void loadPopover()}
        onFocus={() => void loadPopover()}
        onPress={() => setOpen(!isOpen)}
      >
        <UserRound aria-hidden="true" size={20} />
        <span className="session-name">{me.name}</span>
        <ChevronDown aria-hidden="true" size={16} />
      </Button>
      <Suspense>
        {isOpen && <SessionPopover me={me} button={button} onClose={() => setOpen(false)} onSignOut={onSignOut} />}
      </Suspense>
    </>
  )
}
