import { Copy } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { describeRefusal } from '../account/describe-refusal.ts'
import { $api, queries } from '../api/client.ts'
import type { PersonAccount } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Field } from '../controls/field.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { focusWrong } from '../controls/focus-wrong.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'

/** Sign-in of a person, for administrators: a one-time link, and removal of a lost second factor (R20). */
export function PersonSignIn({ id, name }: { id: string; name: string }) {
  const { t, language } = useLanguage()
  const isOwn = useMe().personId === id
  const path = { params: { path: { id } } }
  const query = $api.useQuery('get', '/api/people/{id}/account', path, { staleTime: 0 })
  const { refetch } = query
  return (
    <section className="panel stack" aria-labelledby="person-sign-in">
      <h2 id="person-sign-in" tabIndex={-1}>
        {t('people.help.signin.title')}
      </h2>
      <Loaded query={query} lines={3}>
        {(data) => (
          <>
            <dl className="facts">
              <Fact label={t('account.password')}>
                {t(data.password ? 'people.help.signin.has' : 'people.help.signin.hasNot')}
              </Fact>
              <Fact label={t('people.help.signin.totp')}>
                {t(data.totp ? 'people.help.signin.has' : 'people.help.signin.hasNot')}
              </Fact>
              <Fact label={t('people.help.signin.passkeys')}>{data.passkeys}</Fact>
              {data.link && (
                <Fact label={t('people.help.signin.link')}>
                  {t('people.help.signin.link.open', { time: formatInstant(data.link.until, language) })}
                </Fact>
              )}
            </dl>
            <MakeLink id={id} name={name} isOwn={isOwn} account={data} onMade={() => void refetch()} />
            <RequestRemoval id={id} name={name} account={data} onRequested={() => void refetch()} />
            {!isOwn && <EndSessions id={id} name={name} />}
          </>
        )}
      </Loaded>
    </section>
  )
}

function MakeLink({
  id,
  name,
  isOwn,
  account,
  onMade,
}: {
  id: string
  name: string
  isOwn: boolean
  account: PersonAccount
  onMade: () => void
}) {
  const { t, language } = useLanguage()
  const make = $api.useMutation('post', '/api/people/{id}/links')
  const [isConfirming, setConfirming] = useState(false)
  const [isCopied, setIsCopied] = useState(false)
  const field = useId()
  const shown = useRef<HTMLTextAreaElement>(null)
  const link = make.data && new URL(make.data.path, window.location.origin).href
  useEffect(() => {
    if (link) shown.current?.focus()
  }, [link])
  if (!account.mayMakeLink && !link) {
    return <p className="muted">{t(isOwn ? 'people.help.signin.make.own' : 'people.help.signin.make.operator')}</p>
  }
  const submit = async () => {
    setIsCopied(false)
    const made = await make.mutateAsync({ params: { path: { id } } }).catch(() => undefined)
    if (!made) return
    void queries.invalidateQueries({ queryKey: ['get', '/api/directory-changes'] })
    onMade()
  }
  const copy = async () => {
    const done = await navigator.clipboard.writeText(link ?? '').then(
      () => true,
      () => false,
    )
    setIsCopied(done)
    announce(t(done ? 'account.recovery.copied' : 'people.help.signin.copy.failed'))
  }
  return (
    <>
      {link && make.data && (
        <div className="stack once">
          <Notice kind="success" title={t('people.help.signin.made')}>
            <p>{t('people.help.signin.made.what', { name, time: formatInstant(make.data.until, language) })}</p>
          </Notice>
          <div className="field">
            <label className="label" htmlFor={field}>
              {t('people.help.signin.link')}
            </label>
            <textarea
              id={field}
              ref={shown}
              className="input secret"
              rows={4}
              readOnly
              value={link}
              onFocus={(event) => event.target.select()}
            />
          </div>
          {'clipboard' in navigator && (
            <div className="actions">
              <Button kind="secondary" onPress={() => void copy()}>
                <Copy aria-hidden="true" size={18} />
                {t(isCopied ? 'account.recovery.copied' : 'account.recovery.copy')}
              </Button>
            </div>
          )}
        </div>
      )}
      {make.error && (
        <Notice kind="error" isUrgent>
          {describeRefusal(make.error, t)}
        </Notice>
      )}
      <div className="actions">
        <Button
          kind="secondary"
          isBusy={make.isPending}
          onPress={() => (account.password || account.link ? setConfirming(true) : void submit())}
        >
          {t('people.help.signin.make')}
        </Button>
      </div>
      <Confirm
        title={t('people.help.signin.make')}
        doLabel={t('people.help.signin.make')}
        isOpen={isConfirming}
        onDo={() => void submit()}
        onClose={() => setConfirming(false)}
      >
        {account.password && <p>{t('people.help.signin.make.forgotten', { name })}</p>}
        {account.link && <p>{t('people.help.signin.make.earlier')}</p>}
      </Confirm>
    </>
  )
}

/** Ends all sessions of a person, after a lost browser or a leaked password. */
function EndSessions({ id, name }: { id: string; name: string }) {
  const { t } = useLanguage()
  const end = $api.useMutation('delete', '/api/people/{id}/sessions')
  const submit = async () => {
    const ended = await end.mutateAsync({ params: { path: { id } } }).catch(() => undefined)
    if (ended) announce(t('people.help.signin.ended', { name }))
  }
  return (
    <>
      {end.error && (
        <Notice kind="error" isUrgent>
          {describeRefusal(end.error, t)}
        </Notice>
      )}
      {end.data && <Notice kind="success">{t('people.help.signin.ended', { name })}</Notice>}
      <div className="actions">
        <ConfirmButton
          label={t('people.help.signin.end')}
          title={t('people.help.signin.end.title', { name })}
          isBusy={end.isPending}
          onDo={() => void submit()}
        >
          <p>{t('people.help.signin.end.what')}</p>
        </ConfirmButton>
      </div>
    </>
  )
}

function RequestRemoval({
  id,
  name,
  account,
  onRequested,
}: {
  id: string
  name: string
  account: PersonAccount
  onRequested: () => void
}) {
  const { t, language } = useLanguage()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [tries, setTries] = useState(0)
  const form = useRef<HTMLFormElement>(null)
  const request = $api.useMutation('post', '/api/people/{id}/factor-removals')
  useEffect(() => {
    if (open) form.current?.querySelector<HTMLElement>('textarea')?.focus()
  }, [open])
  if (account.removal) {
    return (
      <Notice kind="info">
        {t('people.help.signin.removal.waits', { time: formatInstant(account.removal.askedAt, language) })}
      </Notice>
    )
  }
  if (!account.mayAskRemoval) return null
  const submit = async () => {
    setTries(tries + 1)
    if (reason.trim() === '') return window.setTimeout(() => focusWrong(form.current))
    const params = { path: { id } }
    const requested = await request.mutateAsync({ params, body: { reason: reason.trim() } }).catch(() => undefined)
    if (!requested) return undefined
    setOpen(false)
    focusHeading('person-sign-in')
    announce(t('people.help.signin.removal.asked'))
    onRequested()
    return undefined
  }
  if (!open) {
    return (
      <div className="actions">
        <Button kind="secondary" onPress={() => setOpen(true)}>
          {t('people.help.signin.removal')}
        </Button>
      </div>
    )
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={request.isPending} onSubmit={submit}>
      <p>{t('people.help.signin.removal.what', { name })}</p>
      <Field
        label={t('people.help.signin.removal.reason')}
        hint={t('people.help.signin.removal.reason.hint')}
        value={reason}
        onChange={(value) => {
          if (request.error) request.reset()
          setReason(value)
        }}
        rows={3}
        maxLength={500}
        error={tries > 0 && reason.trim() === '' ? t('people.help.signin.removal.reason.missing') : undefined}
      />
      {request.error && (
        <Notice kind="error" isUrgent>
          {describeRefusal(request.error, t)}
        </Notice>
      )}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={request.isPending}>
          {t(request.isPending ? 'account.busy' : 'people.help.signin.removal.do')}
        </Button>
        <Button
          kind="secondary"
          onPress={() => {
            setOpen(false)
            focusHeading('person-sign-in')
          }}
        >
          {t('shell.cancel')}
        </Button>
      </div>
    </SubmitForm>
  )
}
