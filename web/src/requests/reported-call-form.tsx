import { useEffect, useRef, useState } from 'react'
import { refusalField, refusalKey } from '../api/refusal.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { RequestCall, ReportedCall } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { ErrorSummary, type Wrong } from '../controls/error-summary.tsx'
import { Field } from '../controls/field.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { TimeOfDay } from '../controls/time-of-day.tsx'
import { Toggle } from '../controls/toggle.tsx'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import {
  accuracies,
  draftOf,
  emptyReport,
  reportFields,
  reportOf,
  type ReportDraft,
  type ReportField,
} from './reported-call.ts'

/** The requester's claims about a call, and the search for it. */
export function ReportedCallForm({
  prefix,
  reported,
  isOfficials,
  submit,
  isBusy,
  onSearch,
  onCancel,
}: {
  /** Prefix of its field ids, which errors link to. */
  prefix: string
  /** Earlier claims, as initial values. */
  reported?: ReportedCall | undefined
  /** An official names a call that they answered: the official is known, and the caller's number is optional. */
  isOfficials: boolean
  submit: string
  isBusy: boolean
  /** Searches for the call; throws the refusal. */
  onSearch: (reported: ReportedCall) => Promise<RequestCall | void>
  onCancel?: (() => void) | undefined
}) {
  const form = useRef<HTMLFormElement>(null)
  // The button that opened it is gone; a form that is always open takes no focus.
  const opened = onCancel !== undefined
  useEffect(() => {
    if (opened) form.current?.querySelector<HTMLElement>('[role=spinbutton]')?.focus()
  }, [opened])
  const { t } = useLanguage()
  const [draft, setDraft] = useState<ReportDraft>(() => (reported ? draftOf(reported) : emptyReport()))
  const [wrong, setWrong] = useState<(Wrong & { at?: ReportField })[]>([])
  const isWithheld = draft.isWithheld && !isOfficials
  const edit = (edited: Partial<ReportDraft>) => setDraft({ ...draft, ...edited })
  const errorAt = (field: ReportField) => wrong.find(({ at }) => at === field)?.text

  const search = async () => {
    const judged = reportOf(draft, todayAt(serverNowMs()), isOfficials)
    if ('wrong' in judged) {
      return setWrong(
        judged.wrong.map(({ field, why }) => ({
          at: field,
          field: `${prefix}-${field}`,
          text: t(`requests.told.${field}.${why}` as 'requests.told.day.missing'),
        })),
      )
    }
    setWrong([])
    await onSearch(judged.reported).catch((refusal: unknown) => setWrong([asWrong(refusal)]))
  }
  const asWrong = (refusal: unknown): Wrong & { at?: ReportField } => {
    const key = refusalKey(refusal)
    const at = reportFields.find((field) => field === refusalField(refusal))
    const isNumber = key === 'input.invalid' && (at === 'callerNumber' || at === 'serviceNumber')
    const text = t(isNumber ? 'requests.told.number.wrong' : `error.${key}`)
    return { text, ...(at && { at, field: `${prefix}-${at}` }) }
  }

  return (
    <SubmitForm ref={form} className="stack reported-call-form" isBusy={isBusy} onSubmit={search}>
      <ErrorSummary title={t('requests.told.failed')} wrong={wrong} />
      <div className="reported-call-time">
        <Day
          id={`${prefix}-day`}
          label={t('requests.told.day')}
          error={errorAt('day')}
          value={draft.day}
          onChange={(day) => edit({ day })}
        />
        <div id={`${prefix}-time`}>
          <TimeOfDay
            label={t('requests.told.time')}
            isWrong={errorAt('time') !== undefined}
            value={draft.time}
            onChange={(time) => edit({ time })}
          />
        </div>
        <Choice
          label={t('requests.told.accuracy')}
          options={accuracies.map((value) => ({ value, label: t(`requests.told.accuracy.${value}`) }))}
          value={draft.accuracy}
          onChange={(accuracy) => edit({ accuracy: accuracy as ReportDraft['accuracy'] })}
        />
      </div>
      {!isOfficials && (
        <Toggle
          id={`${prefix}-withheld`}
          label={t('requests.told.withheld')}
          hint={t('requests.told.withheld.hint')}
          value={draft.isWithheld}
          onChange={(isWithheld) => edit({ isWithheld })}
        />
      )}
      <div className="side-by-side">
        {!isWithheld && (
          <Field
            id={`${prefix}-callerNumber`}
            label={t(isOfficials ? 'requests.told.callerNumber.optional' : 'requests.told.callerNumber')}
            hint={t('requests.told.callerNumber.hint')}
            error={errorAt('callerNumber')}
            value={draft.callerNumber}
            onChange={(callerNumber) => edit({ callerNumber })}
            maxLength={40}
            inputMode="tel"
            autoComplete="off"
          />
        )}
        <Field
          id={`${prefix}-serviceNumber`}
          label={t(isWithheld ? 'requests.told.serviceNumber' : 'requests.told.serviceNumber.optional')}
          hint={t('requests.told.serviceNumber.hint')}
          error={errorAt('serviceNumber')}
          value={draft.serviceNumber}
          onChange={(serviceNumber) => edit({ serviceNumber })}
          maxLength={40}
          inputMode="tel"
          autoComplete="off"
        />
      </div>
      <div className="side-by-side">
        <Field
          id={`${prefix}-minutes`}
          label={t(isWithheld ? 'requests.told.minutes' : 'requests.told.minutes.optional')}
          hint={t('requests.told.minutes.hint')}
          error={errorAt('minutes')}
          value={draft.minutes}
          onChange={(minutes) => edit({ minutes })}
          maxLength={10}
          inputMode="numeric"
          autoComplete="off"
        />
        {!isOfficials && (
          <Field
            id={`${prefix}-official`}
            label={t(isWithheld ? 'requests.told.official' : 'requests.told.official.optional')}
            hint={t('requests.told.official.hint')}
            error={errorAt('official')}
            value={draft.official}
            onChange={(official) => edit({ official })}
            maxLength={100}
            autoComplete="off"
            spellCheck="false"
          />
        )}
      </div>
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {isBusy ? t('requests.told.searching') : submit}
        </Button>
        {onCancel && <Button onPress={onCancel}>{t('shell.cancel')}</Button>}
      </div>
    </SubmitForm>
  )
}
