import { useEffect, useRef } from 'react'
import { Notice } from './notice.tsx'

export interface Wrong {
  text: string
  /** Id of the wrong field; undefined if the error is about no field. */
  field?: string | undefined
}

/** Error summary of a form: gets the focus, is announced, and links each sentence to its field. */
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
