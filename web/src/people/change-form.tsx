import { today, type CalendarDate } from '@internationalized/date'
import { useEffect, useRef, useState } from 'react'
import { $api, queries } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Button } from '../controls/button.tsx'
import { Choice, type Option } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { formatDate, formatLastDay, zone } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import {
  bodyOf,
  replacedValue,
  nextChangeAt,
  possibleChanges,
  problemsOf,
  type ChangeDraft,
  type ChangeKind,
  type ChangeProblems,
} from './change.ts'
import { refusalIn } from './directory-refusal.ts'
import type { PersonDetail } from './filters.ts'
import { SupervisorField, UnitField } from './placement-fields.tsx'
import { peopleKey } from './use-people.ts'

/** Changes one attribute of a person from a day on, and explains the effects (R11). */
export function ChangeForm({ person }: { person: PersonDetail }) {
  const { t, language } = useLanguage()
  const todayHere = today(zone)
  const [draft, setDraft] = useState<ChangeDraft>(() => initialDraft('name', person, todayHere))
  const [wrong, setWrong] = useState<ChangeProblems>({})
  const [result, setResult] = useState<'no' | 'done' | 'waits'>('no')
  const form = useRef<HTMLFormElement>(null)
  const change = $api.useMutation('post', '/api/people/{id}/changes')
  const refusal = change.error ? refusalIn(change.error) : undefined
  useEffect(() => focusWrong(form.current), [wrong, change.error])

  const { kind, day } = draft
  const edit = (edited: Partial<ChangeDraft>) => {
    setResult('no')
    setDraft({ ...draft, ...edited })
  }
  const submit = async () => {
    const problems = problemsOf(draft, person)
    setWrong(problems)
    setResult('no')
    if (Object.keys(problems).length > 0) return
    const changed = await change
      .mutateAsync({ params: { path: { id: person.id } }, body: bodyOf(draft, todayHere) })
      .catch(() => undefined)
    if (!changed) return
    const key = $api.queryOptions('get', '/api/people/{id}', { params: { path: { id: person.id } } }).queryKey
    queries.setQueryData(key, changed)
    void queries.invalidateQueries({ queryKey: ['get', '/api/directory-changes'] })
    void queries.invalidateQueries({ queryKey: [peopleKey] })
    void queries.invalidateQueries({ queryKey: ['get', '/api/units'] })
    const next = initialDraft(possibleChanges(changed).includes(kind) ? kind : 'name', changed, todayHere)
    // Keeps the answers given: submitting again by mistake does not withdraw them.
    setDraft({ ...next, yes: draft.yes })
    setResult(changed.waits ? 'waits' : 'done')
    announce(t(changed.waits ? 'people.person.change.waits' : 'people.person.change.done'))
  }
  const message = refusal && t(refusal.word)
  const isOfDay = refusal?.field === 'day'
  // Besides the day, a change has one field: every other refusal is about it.
  const isOfText = refusal?.field != null && !isOfDay
  const textError = (wrong.text && t(wrong.text)) ?? (isOfText ? message : undefined)
  const dayError = (wrong.day && t(wrong.day)) ?? (isOfDay ? message : undefined)
  const before = replacedValue(draft, person)
  const until = nextChangeAt(draft, person)
  const written = { value: draft.text, onChange: (text: string) => edit({ text }), error: textError }

  return (
    <section className="panel change" aria-labelledby="person-change">
      <h2 id="person-change">{t('people.person.change')}</h2>
      <SubmitForm ref={form} className="stack" isBusy={change.isPending} onSubmit={submit}>
        <Choice
          label={t('people.person.change.kind')}
          options={possibleChanges(person).map((one) => ({
            value: one,
            label: t(`people.person.change.${one}` as Word),
          }))}
          value={kind}
          onChange={(next) => {
            setWrong({})
            setResult('no')
            change.reset()
            setDraft(initialDraft(next as ChangeKind, person, todayHere))
          }}
        />
        {kind === 'name' && <Field {...written} label={t('people.person.change.name.new')} maxLength={200} />}
        {kind === 'unit' && <UnitField {...written} />}
        {kind === 'supervisor' && <SupervisorField {...written} except={person.id} />}
        {kind === 'addPhone' && (
          <>
            <Field
              {...written}
              label={t('people.person.change.addPhone.new')}
              hint={t('people.person.phone.hint')}
              maxLength={64}
              inputMode="tel"
              autoComplete="off"
            />
            {person.phones.length > 0 && (
              <Choice
                label={t('people.person.change.replaces')}
                options={[
                  { value: '', label: t('people.person.change.replaces.none') },
                  ...person.phones.map((phone) => ({
                    value: phone,
                    label: t('people.person.change.replaces.one', { phone }),
                  })),
                ]}
                value={draft.replaces}
                onChange={(replaces) => edit({ replaces })}
              />
            )}
          </>
        )}
        {kind === 'endPhone' && (
          <Choice
            label={t('people.person.change.endPhone.which')}
            options={person.phones.map((phone) => ({ value: phone, label: phone }))}
            value={draft.text}
            onChange={(text) => edit({ text })}
          />
        )}
        {(kind === 'informed' || kind === 'consents') && (
          <Choice
            label={t(`people.person.change.${kind}.now` as Word)}
            options={yesOrNo(kind, t)}
            value={draft.yes ? 'yes' : 'no'}
            error={textError}
            onChange={(value) => edit({ yes: value === 'yes' })}
          />
        )}
        <Day
          label={t(
            kind === 'employedTo'
              ? 'people.person.change.lastDay'
              : kind.startsWith('end')
                ? 'people.person.change.lastDayOf'
                : 'people.person.change.day',
          )}
          hint={kind === 'employedTo' ? t('people.person.change.lastDay.hint') : undefined}
          error={dayError}
          value={day}
          onChange={(picked) => edit({ day: picked })}
        />
        <p className="effect">
          {t(effectOf(draft, person, before), {
            date: day ? formatDate(day.toDate(zone).toISOString(), language) : '…',
            before: before ?? '',
          })}
          {until && ` ${t('people.person.change.until', { date: formatLastDay(until, language) })}`}
        </p>
        {refusal && !refusal.field && (
          <Notice kind="error" isUrgent>
            {message}
          </Notice>
        )}
        <div className="actions">
          <Button type="submit" kind="primary" isBusy={change.isPending}>
            {t(change.isPending ? 'people.person.change.busy' : 'people.person.change.do')}
          </Button>
        </div>
        {result === 'done' && <Notice kind="success">{t('people.person.change.done')}</Notice>}
        {result === 'waits' && <Notice kind="info">{t('people.person.change.waits')}</Notice>}
      </SubmitForm>
    </section>
  )
}

function initialDraft(kind: ChangeKind, person: PersonDetail, todayHere: CalendarDate): ChangeDraft {
  const text = kind === 'endPhone' ? (person.phones[0] ?? '') : ''
  const isYes = kind === 'informed' ? person.recording.informedAt : person.recording.consentedAt
  return {
    kind,
    text,
    replaces: kind === 'addPhone' ? (person.phones[0] ?? '') : '',
    day: kind === 'employedTo' ? null : todayHere,
    yes: isYes == null,
  }
}

function effectOf({ kind, day, yes, replaces }: ChangeDraft, person: PersonDetail, before?: string): Word {
  if (kind === 'employedTo' && day === null) {
    const hasLeft = person.employedTo != null && Date.parse(person.employedTo) <= serverNowMs()
    return hasLeft ? 'people.person.change.employedTo.again' : 'people.person.change.employedTo.goesOn'
  }
  if (kind === 'addPhone' && replaces) return 'people.person.change.addPhone.swap'
  if (kind === 'unit' && !before) return 'people.person.change.unit.first'
  if (kind === 'supervisor' && !before) return 'people.person.change.supervisor.first'
  if (kind === 'consents' && !yes) return 'people.person.change.consents.back'
  if (kind === 'informed' && !yes) return 'people.person.change.informed.back'
  return `people.person.change.${kind}.effect` as Word
}

function yesOrNo(kind: 'informed' | 'consents', t: (key: Word) => string): Option[] {
  return ['yes', 'no'].map((value) => ({ value, label: t(`people.person.change.${kind}.${value}` as Word) }))
}
