import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage } from '../language/use-words.ts'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { wholePercent } from './stretches.ts'

type Outcome = 'APPROVED' | 'REJECTED'

/**
 * Signature of the second person, possible after listening to all of the copy; or the reason for rejecting it (R33). The
 * signature of level D does not state that it is anonymous (L30).
 */
export function SignForm({ copy, onSigned }: { copy: AnonymisedCopy; onSigned: (outcome: Outcome) => Promise<void> }) {
  const { t } = useLanguage()
  const check = $api.useMutation('post', '/api/anonymised-copies/{id}/check')
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [note, setNote] = useState('')
  const { form, isTried, tried } = useTries()
  const isUnheard = outcome === 'APPROVED' && copy.heardShare < 1
  const lacksNote = outcome === 'REJECTED' && note.trim() === ''
  const outcomeError =
    outcome === null
      ? t('anonymisation.sign.missing')
      : isUnheard
        ? t('anonymisation.sign.unheard', { percent: wholePercent(copy.heardShare) })
        : undefined

  const submit = async () => {
    tried()
    if (outcome === null || isUnheard || lacksNote) return
    const written = note.trim()
    await check
      .mutateAsync({
        params: { path: { id: copy.id } },
        body: { revision: copy.revision, outcome, ...(written !== '' && { note: written }) },
      })
      .then(() => onSigned(outcome))
      .catch(() => undefined)
  }
  return (
    <SubmitForm
      ref={form}
      className="stack"
      aria-label={t('anonymisation.sign')}
      isBusy={check.isPending}
      onSubmit={submit}
    >
      <RadioCards
        label={t('anonymisation.sign.question')}
        error={isTried ? outcomeError : undefined}
        options={[
          {
            value: 'APPROVED',
            label: t('anonymisation.sign.APPROVED'),
            detail: t(
              copy.level === 'D'
                ? 'anonymisation.sign.APPROVED.what.pseudonymised'
                : 'anonymisation.sign.APPROVED.what',
            ),
          },
          {
            value: 'REJECTED',
            label: t('anonymisation.sign.REJECTED'),
            detail: t('anonymisation.sign.REJECTED.what'),
          },
        ]}
        value={outcome}
        onChange={(value) => setOutcome(value as Outcome)}
      />
      <Field
        label={t(outcome === 'REJECTED' ? 'anonymisation.sign.note' : 'anonymisation.sign.note.optional')}
        hint={t('anonymisation.sign.note.hint')}
        error={isTried && lacksNote ? t('anonymisation.sign.note.missing') : undefined}
        value={note}
        onChange={setNote}
        maxLength={1000}
        rows={3}
      />
      {check.error && <Failure error={check.error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={check.isPending}>
          {t('anonymisation.sign.do')}
        </Button>
      </div>
    </SubmitForm>
  )
}
