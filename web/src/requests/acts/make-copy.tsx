import { useState } from 'react'
import { $api } from '../../api/client.ts'
import type { RequestDetail } from '../../api/shapes.ts'
import { refusalKey } from '../../api/refusal.ts'
import { Checks } from '../../controls/checks.tsx'
import { Choice } from '../../controls/choice.tsx'
import { Field } from '../../controls/field.tsx'
import { ActStep } from '../../controls/step.tsx'
import { useLanguage } from '../../language/use-words.ts'
import { isLikelyRecipient, type Part } from './acts-shapes.ts'
import type { MadeCopy } from './shown-once.tsx'

/** Makes a copy of one recording: encryption, and confirmation that the other party's rights were weighed (GDPR 15(4)). */
export function MakeCopy({
  request,
  part,
  isOne,
  onMade,
}: {
  request: RequestDetail
  part: Part
  /** True if the request has only one part of a call. */
  isOne: boolean
  onMade: (made: MadeCopy) => void
}) {
  const { t } = useLanguage()
  const make = $api.useMutation('post', '/api/requests/{id}/copies')
  const [method, setMethod] = useState<'PASSPHRASE' | 'KEY'>('PASSPHRASE')
  const [recipient, setRecipient] = useState('')
  const [weighed, setWeighed] = useState<string[]>([])
  const recordingId = part.recording.id
  if (recordingId === undefined) return null
  const isKey = method === 'KEY'
  const isKeyWrong = isKey && (!isLikelyRecipient(recipient) || refusalKey(make.error) === 'copy.recipient')
  const copy = () => {
    if (weighed.length === 0 || (isKey && !isLikelyRecipient(recipient))) return undefined
    const othersRights = 'WEIGHED' as const
    const body = { recordingId, method, othersRights, ...(isKey && { recipient: recipient.trim() }) }
    return { params: { path: { id: request.id } }, body }
  }
  const name = part.official?.name
  return (
    <ActStep
      open={isOne || !name ? t('acts.copies.make') : t('acts.copies.make.of', { name })}
      submit={t('acts.copies.make.do')}
      act={make}
      request={copy}
      onDone={(made) => {
        onMade(made)
        setWeighed([])
      }}
    >
      {(isTried) => (
        <>
          <Choice
            label={t('acts.copies.method')}
            hint={t('acts.copies.method.hint')}
            options={(['PASSPHRASE', 'KEY'] as const).map((value) => ({
              value,
              label: t(`acts.copies.method.${value}`),
            }))}
            value={method}
            onChange={(value) => setMethod(value as 'PASSPHRASE' | 'KEY')}
          />
          {isKey && (
            <Field
              label={t('acts.copies.recipient')}
              hint={t('acts.copies.recipient.hint')}
              error={isTried && isKeyWrong ? t('error.copy.recipient') : undefined}
              value={recipient}
              onChange={(value) => {
                setRecipient(value)
                make.reset()
              }}
              maxLength={80}
              spellCheck="false"
              autoCapitalize="off"
              autoComplete="off"
            />
          )}
          <Checks
            label={t('acts.copies.others')}
            hint={t('acts.copies.others.hint')}
            error={isTried && weighed.length === 0 ? t('acts.copies.others.missing') : undefined}
            options={[{ value: 'WEIGHED', label: t('acts.copies.others.weighed') }]}
            value={weighed}
            onChange={setWeighed}
          />
        </>
      )}
    </ActStep>
  )
}
