import { Time } from '@internationalized/date'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalField, refusalKey } from '../api/refusal.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { RequestKind, RequestParty, RequestQueue } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { zone } from '../format/instant.ts'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { useMe } from '../session/use-presence.ts'
import { Page } from '../shell/page.tsx'
import { channels, newRequestFields, newRequestOf, type NewRequestDraft, type NewRequestField } from './new-request.ts'
import { kindsOf } from './queue.ts'
import { RequesterFields } from './requester-fields.tsx'
import { invalidateQueue, useQueue } from './use-queue.ts'

/** Enters a request as received: requester, content, channel and time (R45). */
export function NewRequestPage() {
  const { t } = useLanguage()
  const { data, error, refetch } = useQueue({}, useMe())
  return (
    <Page title={t('requests.enter')} crumbs={[{ label: t('requests.title'), to: '/requests' }]}>
      {!data && !error && <Waiting lines={8} />}
      {error && <Failure error={error} onAgain={() => void refetch()} />}
      {data && <NewRequestForm queue={data} />}
    </Page>
  )
}

function NewRequestForm({ queue }: { queue: RequestQueue }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const enter = $api.useMutation('post', '/api/requests')
  const [draft, setDraft] = useState<NewRequestDraft>(() => ({
    party: queue.parties[0] ?? 'CALLER',
    kinds: [],
    channel: 'PHONE',
    language: 'fi',
    userId: '',
    name: '',
    address: '',
    email: '',
    phone: '',
    ...receivedNow(),
  }))
  const [wrong, setWrong] = useState<(Wrong & { at?: NewRequestField })[]>([])
  const errorAt = (field: NewRequestField) => wrong.find(({ at }) => at === field)?.text
  const kinds = kindsOf(draft.party, queue.mayAsk)
  const edit = (edited: Partial<NewRequestDraft>) => setDraft({ ...draft, ...edited })

  const chooseParty = (party: RequestParty) => {
    const possible = kindsOf(party, queue.mayAsk)
    const kept = draft.kinds.filter((kind) => possible.includes(kind))
    edit({ party, kinds: possible.length === 1 ? possible : kept })
  }
  const submit = async () => {
    const judged = newRequestOf(draft, serverNowMs())
    if ('wrong' in judged) {
      return setWrong(
        judged.wrong.map(({ field, why }) => ({
          at: field,
          field: `request-${field}`,
          text: t(`requests.request.${field}.${why}` as 'requests.request.name.missing'),
        })),
      )
    }
    try {
      const { id } = await enter.mutateAsync({ body: judged.body })
      invalidateQueue()
      await navigate({ to: '/requests/$id', params: { id } })
    } catch (refusal) {
      const key = refusalKey(refusal)
      const named = key === 'request.official-unknown' ? 'userId' : refusalField(refusal)
      const at = newRequestFields.find((field) => field === named)
      setWrong([{ text: t(`error.${key}`), ...(at && { at, field: `request-${at}` }) }])
    }
  }

  return (
    <>
      <ErrorSummary title={t('requests.request.notEntered')} wrong={wrong} />
      <SubmitForm className="panel panel-narrow stack request-intake" isBusy={enter.isPending} onSubmit={submit}>
        {queue.parties.length > 1 && (
          <RadioCards
            id="request-party"
            label={t('requests.request.party')}
            options={queue.parties.map((value) => ({
              value,
              label: t(`requests.asker.${value}`),
              detail: t(`requests.request.party.${value}`),
            }))}
            value={draft.party}
            onChange={(value) => chooseParty(value as RequestParty)}
          />
        )}
        <Checks
          id="request-kinds"
          label={t('requests.request.kinds')}
          hint={t('requests.request.kinds.hint')}
          error={errorAt('kinds')}
          options={kinds.map((value) => ({ value, label: t(`requests.request.kind.${value}`) }))}
          value={draft.kinds}
          onChange={(value) => edit({ kinds: value as RequestKind[] })}
        />
        <RequesterFields prefix="request" value={draft} onChange={edit} errorAt={errorAt} />
        {draft.party === 'OFFICIAL' && (
          <Field
            id="request-userId"
            label={t('requests.request.userId')}
            hint={t('requests.request.userId.hint')}
            error={errorAt('userId')}
            value={draft.userId}
            onChange={(userId) => edit({ userId })}
            maxLength={64}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck="false"
          />
        )}
        <div className="side-by-side">
          <Choice
            label={t('requests.request.channel')}
            options={channels.map((value) => ({ value, label: t(`requests.request.channel.${value}`) }))}
            value={draft.channel}
            onChange={(channel) => edit({ channel: channel as NewRequestDraft['channel'] })}
          />
          <Choice
            label={t('requests.request.language')}
            options={languages.map((value) => ({ value, label: languageNames[value] }))}
            value={draft.language}
            onChange={(language) => edit({ language: language as NewRequestDraft['language'] })}
          />
        </div>
        <div className="step-times">
          <Day
            id="request-received"
            label={t('requests.request.received')}
            error={errorAt('received')}
            value={draft.day}
            onChange={(day) => edit({ day })}
          />
          <TimeOfDay
            label={t('requests.request.received.time')}
            isWrong={errorAt('received') !== undefined && !draft.time}
            value={draft.time}
            onChange={(time) => edit({ time })}
          />
        </div>
        <p className="hint">{t('requests.request.received.hint')}</p>
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={enter.isPending}>
            {t(enter.isPending ? 'requests.request.entering' : 'requests.enter')}
          </Button>
        </div>
      </SubmitForm>
    </>
  )
}

function receivedNow(): Pick<NewRequestDraft, 'day' | 'time'> {
  const nowMs = serverNowMs()
  const parts = new Intl.DateTimeFormat('fi-FI', { hour: 'numeric', minute: 'numeric', timeZone: zone }).formatToParts(
    new Date(nowMs),
  )
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  return { day: todayAt(nowMs), time: new Time(part('hour'), part('minute')) }
}
