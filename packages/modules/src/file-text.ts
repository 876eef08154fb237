import { isUtf8 } from 'node:buffer';

/** The content of a file as a text that can be edited and written back without touching any other byte. */
export interface FileText {
  readonly text: string;
  /** A text of the task as it stands in this content. */
  readonly written: (text: string) => string;
  /** What is written for an edited content. */
  readonly bytes: (text: string) => Uint8Array;
  /** An edited content as people read it. */
  readonly shown: (text: string) => string;
}

/**
 * A file in UTF-8 is its text; of any other (a code page of Windows, UTF-16) each byte is one character, and what a task adds stands there
 * in UTF-8, as Ansible does.
 */
export const fileText = (content: Uint8Array): FileText => {
  const bytes = Buffer.from(content);
  const same = (text: string): string => text;
  if (isUtf8(bytes))
    return { text: bytes.toString('utf8'), written: same, bytes: (text) => Buffer.from(text, 'utf8'), shown: same };
  return {
    text: bytes.toString('latin1'),
    written: (text) => Buffer.from(text, 'utf8').toString('latin1'),
    bytes: (text) => Buffer.from(text, 'latin1'),
    shown: (text) => Buffer.from(text, 'latin1').toString('utf8'),
  };
};
