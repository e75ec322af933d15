import { Link } from '@tanstack/react-router'
import { ShieldCheck } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'
import { servedRequest } from '../requests/served-request.ts'
import { usePurposeState } from './purpose.tsx'
import { servesOnly } from './rights.ts'
import { useMe } from './use-presence.ts'

const loadPopover = () => import('./purpose-popover.tsx')
const PurposePopover = lazy(async () => ({ default: (await loadPopover()).PurposePopover }))

/** Current purpose, always visible, with a button to change it if there are others. */
export function PurposeStrip() {
  const { t } = useLanguage()
  const { choices, chosen } = usePurposeState()
  const serves = servesOnly(useMe())
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  if (!chosen) return null
  // Persons who serve requests change the purpose by opening another request.
  const mayChange = !serves && (choices.length > 1 || choices[0]?.referenceNeeded === true)
  return (
    <section className="purpose-strip" aria-label={t('session.purpose.label')}>
      <ShieldCheck aria-hidden="true" size={18} />
      <p>
        <span className="purpose-strip-label">{t('session.purpose.label')}: </span>
        <strong>{t(`session.purpose.${chosen.purpose}` as Word)}</strong>
        {chosen.reference && (
          <span className="purpose-strip-reference">
            {' · '}
            <Reference under={chosen} reference={chosen.reference} />
          </span>
        )}
      </p>
      {mayChange && (
        <Button
          kind="link"
          ref={button}
          aria-label={t('session.purpose.change.label')}
          aria-haspopup="dialog"
          aria-expanded={open}
          onHoverStart={() => void loadPopover()}
          onFocus={() => void loadPopover()}
          onPress={() => setOpen(true)}
        >
          {t('session.purpose.change')}
        </Button>
      )}
      <Suspense>{open && <PurposePopover button={button} onClose={() => setOpen(false)} />}</Suspense>
      <p className="purpose-strip-note">{t('session.purpose.logged')}</p>
    </section>
  )
}

/** Reference; links to the request if it was opened here. */
function Reference({ under, reference }: { under: UnderPurpose; reference: string }) {
  const request = servedRequest(under)
  if (!request) return reference
  return (
    <Link to="/requests/$id" params={{ id: request.id }} className="nowrap">
      {reference}
    </Link>
  )
}
