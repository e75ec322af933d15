import { useEffect, useState } from 'react'
import { $api, api } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { forFrame, type LetterTemplate, type TemplatePreview } from './letter-shapes.ts'

/** Debounce of the preview after typing. */
const debounceMs = 500

/** Text of a template beside its letter with invented data, and its problems. */
export function TemplateEditor({
  template,
  mayChange,
  onChanged,
}: {
  template: LetterTemplate
  mayChange: boolean
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const { kind, language: templateLanguage, version, changed, fields } = template
  const [text, setText] = useState(template.text)
  const change = $api.useMutation('put', '/api/letter-templates/{kind}/{language}')
  const { preview, error } = usePreview(template, text)
  const problems = preview?.problems ?? []
  const isChanged = text !== template.text
  const submit = async () => {
    const done = await change
      .mutateAsync({ params: { path: { kind, language: templateLanguage } }, body: { text, version } })
      .catch(() => undefined)
    if (!done) return
    announce(t('letters.templates.saved'))
    onChanged()
  }
  return (
    <div className="template">
      <SubmitForm
        className="panel stack-small"
        isBusy={change.isPending}
        onSubmit={() => mayChange && isChanged && problems.length === 0 && submit()}
      >
        <p id="template-changed" tabIndex={-1} className="muted">
          {changed
            ? t('letters.templates.changed', { time: formatInstant(changed.at, language), name: changed.by.name })
            : t('letters.templates.asItCame')}
        </p>
        {!mayChange && <Notice kind="info">{t('letters.templates.readOnly')}</Notice>}
        <Field
          label={t('letters.templates.text')}
          hint={t('letters.templates.text.hint')}
          lang={templateLanguage}
          rows={20}
          value={text}
          onChange={setText}
          isReadOnly={!mayChange}
          maxLength={20_000}
          className="template-text"
        />
        <details>
          <summary>{t('letters.templates.fields')}</summary>
          <ul className="template-fields">
            {fields.map(({ name, isNeeded }) => (
              <li key={name}>
                <code>{`{${name}}`}</code>
                {isNeeded && <> – {t('letters.templates.needed')}</>}
              </li>
            ))}
          </ul>
        </details>
        <div aria-live="polite" className="template-problems">
          {problems.length > 0 && (
            <Notice kind="warning" title={t('letters.templates.problems', { count: problems.length })}>
              <ul>
                {problems.map(({ code, field }) => (
                  <li key={`${code} ${field}`}>{t(`letters.templates.problem.${code}`, { field: `{${field}}` })}</li>
                ))}
              </ul>
            </Notice>
          )}
        </div>
        {change.error != null && <Failure error={change.error} />}
        {mayChange && (
          <div className="actions">
            <Button
              type="submit"
              kind="primary"
              isBusy={change.isPending}
              isDisabled={!isChanged || problems.length > 0}
            >
              {t('letters.templates.save')}
            </Button>
            {isChanged && (
              <Button kind="secondary" onPress={() => setText(template.text)}>
                {t('letters.templates.undo')}
              </Button>
            )}
          </div>
        )}
      </SubmitForm>
      <section className="panel stack-small template-preview" aria-labelledby="template-preview">
        <h2 id="template-preview">{t('letters.templates.preview')}</h2>
        <p className="muted">{t('letters.templates.preview.what')}</p>
        {error != null && <Failure error={error} />}
        {preview && <LetterFrame html={preview.html} title={t('letters.templates.preview')} />}
      </section>
    </div>
  )
}

/** Returns the preview of a text, debounced. */
function usePreview({ kind, language }: LetterTemplate, text: string) {
  const [shown, setShown] = useState<{ preview?: TemplatePreview; error?: unknown }>({})
  useEffect(() => {
    const stop = new AbortController()
    const timer = window.setTimeout(() => {
      if (text.trim() === '') return
      api
        .POST('/api/letter-templates/{kind}/{language}/preview', {
          params: { path: { kind, language } },
          body: { text },
          signal: stop.signal,
        })
        .then(({ data, error }) => setShown(data ? { preview: data } : { error }))
        .catch((failure: unknown) => !stop.signal.aborted && setShown({ error: failure }))
    }, debounceMs)
    return () => {
      window.clearTimeout(timer)
      stop.abort()
    }
  }, [kind, language, text])
  return shown
}

/**
 * Frame with a letter, without this page's cookies and without access to it. This page's policy blocks scripts in it; the
 * frame's own scripts permission lets accessibility checkers in.
 */
function LetterFrame({ html, title }: { html: string; title: string }) {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
  return <iframe className="letter-frame" title={title} sandbox="allow-scripts" srcDoc={forFrame(html, nonce)} />
}
