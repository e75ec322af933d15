import { useState } from 'react'
import { refusalKey } from '../../api/refusal.ts'
import type { Draft } from '../../api/shapes.ts'
import { Button } from '../../controls/button.tsx'
import { ConfirmButton } from '../../controls/confirm-button.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Field } from '../../controls/field.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { focusField } from './draft-form.tsx'
import { fieldId } from '../form/form-state.tsx'
import type { useDraft } from '../use-draft.ts'

/** Approves or rejects the revision on the page, with a note; a rejection requires one. */
export function Decide({ draft, work }: { draft: Draft; work: ReturnType<typeof useDraft> }) {
  const { t, language } = useLanguage()
  const [note, setNote] = useState('')
  const [isMissing, setMissing] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const version = draft.basedOn + 1

  const decide = async (decision: 'approve' | 'reject') => {
    setFailed(undefined)
    const answer = await work.decide(draft.revision, decision, note)
    if ('error' in answer) {
      if (refusalKey(answer.error) === 'draft.changed-meanwhile') await work.readAgain()
      return setFailed(answer.error)
    }
    announce(t(decision === 'approve' ? 'description.draft.approved' : 'description.draft.rejected', { version }))
  }
  const reject = () => {
    if (note.trim() !== '') return void decide('reject')
    setMissing(true)
    focusField('note')
  }

  return (
    <section className="panel stack-small" aria-labelledby="draft-decide">
      <h2 id="draft-decide">{t('description.draft.decide')}</h2>
      <p>{t('description.draft.decide.text')}</p>
      <Field
        id={fieldId('note')}
        label={t('description.draft.note')}
        hint={t('description.draft.note.hint')}
        error={isMissing && note.trim() === '' ? t('description.draft.note.missing') : undefined}
        rows={3}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
      {failed !== undefined && <Failure error={failed} />}
      <div className="actions">
        <ConfirmButton
          kind="primary"
          label={t('description.draft.approve')}
          isBusy={work.isBusy}
          title={t('description.draft.approve.sure', { version })}
          onDo={() => void decide('approve')}
        >
          <p>
            {t('description.draft.approve.text', {
              time: draft.effectiveFrom ? formatInstant(draft.effectiveFrom, language) : '',
            })}
          </p>
        </ConfirmButton>
        <Button kind="secondary" isBusy={work.isBusy} onPress={reject}>
          {t('description.draft.reject')}
        </Button>
      </div>
    </section>
  )
}
