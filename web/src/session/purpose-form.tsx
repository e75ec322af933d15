import { useState } from 'react'
import { Form, Label, Radio, RadioGroup, Text } from 'react-aria-components'
import type { Purpose, UnderPurpose } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { usePurposeState } from './purpose.tsx'

/** Chooses a purpose and, if required, a reference. */
export function PurposeForm({ onChosen, autoFocus = false }: { onChosen?: () => void; autoFocus?: boolean }) {
  const { t } = useLanguage()
  const { choices, chosen, choose } = usePurposeState()
  const [purpose, setPurpose] = useState<Purpose | null>(
    chosen?.purpose ?? (choices.length === 1 ? choices[0]!.purpose : null),
  )
  const [reference, setReference] = useState(chosen?.reference ?? '')
  const { form, isTried, tried } = useTries()
  const choice = choices.find((one) => one.purpose === purpose)
  const kind = choice?.purpose === 'MAINTENANCE' ? 'fault' : 'case'
  const missing = choice?.referenceNeeded === true && reference.trim() === ''

  const submit = () => {
    tried()
    if (!choice || missing) return
    const under: UnderPurpose = choice.referenceNeeded
      ? { purpose: choice.purpose, reference: reference.trim() }
      : { purpose: choice.purpose }
    choose(under)
    onChosen?.()
  }

  return (
    <Form
      ref={form}
      validationBehavior="aria"
      className="purpose-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <RadioGroup
        className="radio-group"
        value={purpose}
        onChange={(value) => setPurpose(value as Purpose)}
        isInvalid={isTried && !choice}
      >
        <Label className="label">{t('session.purpose.label')}</Label>
        <div className="radio-cards">
          {choices.map((one, index) => (
            <Radio
              key={one.purpose}
              value={one.purpose}
              className="radio-card"
              autoFocus={autoFocus && (purpose === one.purpose || (purpose === null && index === 0))}
            >
              <span className="radio-dot" aria-hidden="true" />
              <span className="radio-words">
                <span className="radio-title">{t(`session.purpose.${one.purpose}` as Word)}</span>
                <span className="radio-hint">{t(`session.purpose.${one.purpose}.hint` as Word)}</span>
              </span>
            </Radio>
          ))}
        </div>
        {isTried && !choice && (
          <Text slot="errorMessage" className="field-error">
            {t('session.purpose.missing')}
          </Text>
        )}
      </RadioGroup>
      {choice?.referenceNeeded && (
        <Field
          label={t(`session.purpose.reference.${kind}`)}
          hint={t(`session.purpose.reference.${kind}.hint`)}
          value={reference}
          onChange={setReference}
          maxLength={64}
          error={isTried && missing ? t('session.purpose.reference.missing') : undefined}
        />
      )}
      <div className="actions">
        <Button type="submit" kind="primary">
          {t('session.purpose.use')}
        </Button>
      </div>
    </Form>
  )
}
