import { useEffect, useRef } from 'react'
import { Notice } from './notice.tsx'

export interface Wrong {
  text: string
  /** The id of the field it is wrong at; nothing where it is no one field's. */
  field?: string | undefined
}

/** What keeps a form from being done: it gets the focus and is read out, and each sentence leads to its field. */
export function ErrorSummary({ title, wrong }: { title: string; wrong: readonly Wrong[] }) {
  const summary = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (wrong.length > 0) summary.current?.focus()
  }, [wrong])
  return (
    <div ref={summary} tabIndex={-1} className="error-summary" role={wrong.length > 0 ? 'alert' : undefined}>
      {wrong.length > 0 && (
        <Notice kind="error" title={title}>
          <ul>
            {wrong.map(({ text, field }) => (
              <li key={text}>{field ? <a href={`#${field}`}>{text}</a> : text}</li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  )
}
