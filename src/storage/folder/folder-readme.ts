/**
 * Explains a data folder to its finder; test/storage/folder/folder-format.test.ts compares it with a real
 * one.
 */
export const FOLDER_README = `# A data folder of healthimaging-local

All data of the emulator, as files to look at (\`ls\`, \`jq\`, \`git diff\`). Stop the emulator before you
change, copy or move something here. You may add files of your own, and edit this text: it is written once.

- \`format.json\`: the version of this format, and the current generation of the data
- \`datastores/ID/datastore.json\`: a data store: name, state, tags
- \`datastores/ID/import-jobs/ID.json\`: an import job; while it runs, \`ID.in-hand.ndjson\` lists its in-flight files
- \`datastores/ID/client-tokens/ID.json\`: the request of a clientToken; deleted after a day
- \`datastores/ID/image-sets/ID/image-set.json\`: an image set with its versions, its tags and the frames it refers to, with their length and CRC-32
- \`datastores/ID/image-sets/ID/metadata-N.json\`: the metadata of version N, as clients get it
- \`datastores/ID/frames/ID.jhc\`: a frame, as HTJ2K; copies of an image set share their frames
- \`s3/BUCKET/KEY\`: the buckets; files that you put there are objects
- \`s3-metadata/BUCKET/\`: attributes of objects: \`cors.json\`, and one \`*.jsonl\` for each folder of keys with content
  types, metadata and ETags; a file that you change loses its attributes
- \`epoch-N/datastores\`: replaces \`datastores\` after a reset or a restore, if \`format.json\` names N as the
  current generation; past generations that it lists are deleted, other folders are ignored
- \`snapshots/NAME/\`: a snapshot: \`snapshot.json\` is its summary, \`documents.jsonl\` has one document per line,
  \`datastores\` has their frames and metadata as above, \`buckets.jsonl\` and \`objects\` have the buckets
- \`*.damaged\`: a document that could not be read; correct it, and remove this extension

Times are milliseconds since 1970. Hidden, and unimportant while the emulator is stopped: \`.lock\`, \`.spool\`,
\`.clean\` (it was closed cleanly), \`datastores/.commits\` (changes of several documents in progress).
`;

/** SHA-256 of the README of 0.1.0: an unchanged one is replaced by the text above. */
export const README_OF_FORMAT_1 = "43304e62c187bca8e4aaeebabaacf3dd938dc18221a1d7b61720201134c875a2";
