/**
 * Explains a data folder to its finder; test/storage/folder/folder-format.test.ts compares it with a real
 * one.
 */
export const FOLDER_README = `# A data folder of healthimaging-local

Everything that the emulator keeps, as files to look at (\`ls\`, \`jq\`, \`git diff\`). Stop the emulator before you
change, copy or move something here; files of your own may lie beside it. This text is yours: it is written once.

- \`format.json\`: the version of this format, and which generation of the data counts
- \`datastores/ID/datastore.json\`: a data store: name, state, tags
- \`datastores/ID/import-jobs/ID.json\`: an import job; while it runs \`ID.in-hand.ndjson\` beside it lists its in-flight files
- \`datastores/ID/client-tokens/ID.json\`: what a clientToken was used for; gone after a day
- \`datastores/ID/image-sets/ID/image-set.json\`: an image set with its versions, its tags and the frames it refers to, with their length and CRC-32
- \`datastores/ID/image-sets/ID/metadata-N.json\`: the metadata of version N, as clients get it
- \`datastores/ID/frames/ID.jhc\`: a frame, as HTJ2K; image sets that are copies of each other share theirs
- \`s3/BUCKET/KEY\`: the buckets; files that you put there are objects
- \`s3-metadata/BUCKET/\`: what clients said of them: \`cors.json\`, and one \`*.jsonl\` for each folder of keys with content
  types, metadata and ETags; a file that you change loses its own
- \`epoch-N/datastores\`: in place of \`datastores\`, after a reset or a restore: that of the generation N which
  \`format.json\` names; what it names as past is deleted, and anything else is left as it is
- \`snapshots/NAME/\`: what was saved under a name: \`snapshot.json\` says what is in it, \`documents.jsonl\` has the
  documents, a line each, \`datastores\` their frames and metadata as above, \`buckets.jsonl\` and \`objects\` the buckets
- \`*.damaged\`: a document that could not be read and was set aside; mend it, and take the ending away

Times are milliseconds since 1970. Hidden, and of no interest while the emulator is stopped: \`.lock\`, \`.spool\`,
\`.clean\` (it was closed cleanly), \`datastores/.commits\` (changes of several documents in progress).
`;

/** SHA-256 of the README of 0.1.0: an unchanged one is replaced by the text above. */
export const README_OF_FORMAT_1 = "43304e62c187bca8e4aaeebabaacf3dd938dc18221a1d7b61720201134c875a2";
