import { useState } from 'react'
import type { Purpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { usePurposeState } from './purpose.tsx'

/** Chooses a purpose: one press, or one and a reference where it is required. */
export function PurposeForm({ onChosen, autoFocus = false }: { onChosen?: () => void; autoFocus?: boolean }) {
  const { t } = useLanguage()
  const { choices, chosen, choose } = usePurposeState()
  // The purpose whose reference is asked for.
  const [referred, setReferred] = useState<Purpose | undefined>(
    chosen?.reference === undefined && choices.length > 1 ? undefined : (chosen ?? choices[0])?.purpose,
  )
  const focused = chosen?.purpose ?? choices[0]?.purpose

  return (
    <ul className="radio-cards purpose-form plain-list" aria-label={t('session.purpose.label')}>
      {choices.map(({ purpose, referenceNeeded }) => (
        <li key={purpose}>
          <Button
            kind="quiet"
            className={`radio-card purpose-card ${chosen?.purpose === purpose ? 'is-chosen' : ''}`}
            autoFocus={autoFocus && purpose === focused}
            {...(chosen?.purpose === purpose && { 'aria-current': true })}
            {...(referenceNeeded && { 'aria-expanded': referred === purpose })}
            onPress={() => {
              if (referenceNeeded) return setReferred(purpose)
              choose({ purpose })
              onChosen?.()
            }}
          >
            <span className="radio-words">
              <span className="radio-title">{t(`session.purpose.${purpose}` as Word)}</span>
              <span className="radio-hint">{t(`session.purpose.${purpose}.hint` as Word)}</span>
            </span>
          </Button>
          {referenceNeeded && referred === purpose && <ReferenceForm purpose={purpose} onChosen={onChosen} />}
        </li>
      ))}
    </ul>
  )
}

/** Asks for the reference of a purpose. */
function ReferenceForm({ purpose, onChosen }: { purpose: Purpose; onChosen: (() => void) | undefined }) {
  const { t } = useLanguage()
  const { chosen, choose } = usePurposeState()
  const [reference, setReference] = useState((chosen?.purpose === purpose && chosen.reference) || '')
  const { form, isTried, tried } = useTries()
  const kind = purpose === 'MAINTENANCE' ? 'fault' : 'case'
  const written = reference.trim()
  return (
    <SubmitForm
      ref={form}
      className="reference-form"
      onSubmit={() => {
        tried()
        if (written === '') return
        choose({ purpose, reference: written })
        onChosen?.()
      }}
    >
      <Field
        label={t(`session.purpose.reference.${kind}`)}
        hint={t(`session.purpose.reference.${kind}.hint`)}
        value={reference}
        onChange={setReference}
        maxLength={64}
        error={isTried && written === '' ? t('session.purpose.reference.missing') : undefined}
      />
      <div className="actions">
        <Button type="submit" kind="primary">
          {t('session.purpose.use')}
        </Button>
      </div>
    </SubmitForm>
  )
}
