import { element } from "../../../test/imaging/dicom/write-dicom.ts";
import { type CorpusFile, ownFile } from "../corpus-file.ts";
import { encodeText } from "../encode-text.ts";
import { shapeOf } from "../image.ts";
import { drawPhantom } from "../phantom.ts";

/** Its letters hold the bytes of = and ^, at which pydicom takes the name apart before it decodes it. */
const DELIMITER_BYTES = "2022-ir-87-delimiter-bytes";
/** pydicom 2.3 leaves the escape sequences of this set in the text. */
const CHINESE = "2022-ir-58-chinese";
const MISREAD_BY_PYDICOM: ReadonlySet<string> = new Set([DELIMITER_BYTES, CHINESE]);

/** Name, Specific Character Set, a patient who was never born, and a comment in the same letters. */
const TEXTS: readonly (readonly [name: string, terms: string, patientName: string, comment: string])[] = [
  ["ir-100-latin-1", "ISO_IR 100", "Ångmær^Zoë", "Größe geprüft\r\nça va"],
  ["ir-101-latin-2", "ISO_IR 101", "Łukomż^Bożydara", "Příliš šerý"],
  ["ir-109-latin-3", "ISO_IR 109", "Ĝorĥen^Ŭino", "ĉiu ŝipo"],
  ["ir-110-latin-4", "ISO_IR 110", "Ķelmiņ^Ūla", "ģimene"],
  ["ir-144-cyrillic", "ISO_IR 144", "Заречин^Ульяна", "проверка"],
  ["ir-127-arabic", "ISO_IR 127", "سامرين^نورة", "فحص"],
  ["ir-126-greek", "ISO_IR 126", "Ανδρέλης^Φώτιος", "έλεγχος"],
  ["ir-138-hebrew", "ISO_IR 138", "שלומון^דנה", "בדיקה"],
  ["ir-148-latin-5", "ISO_IR 148", "Şahinoğ^Işık", "değişken"],
  ["ir-166-thai", "ISO_IR 166", "สมุทรา^แก้ว", "ทดสอบ"],
  ["ir-13-katakana", "ISO_IR 13", "ｶﾜﾀﾆ^ﾐﾁﾙ", "ｹﾝｻ"],
  ["ir-192-utf-8", "ISO_IR 192", "Ödegaard^𠮷野=河谷^満=かわたに^みちる", "Ω ≥ 3 µm, 완료"],
  ["gb18030", "GB18030", "Qin Yu^Lan=秦宇^岚𠮷", "检查完毕"],
  ["gbk", "GBK", "Shen Bo^An=沈博^安", "复查"],
  ["2022-ir-87-kanji", "\\ISO 2022 IR 87", "Kawatani^Michiru=河谷^満=かわたに^みちる", "検査 of 河谷"],
  [DELIMITER_BYTES, "\\ISO 2022 IR 87", "Jun^Sakae=準^栄=じゅん^さかえ", "準備"],
  ["2022-ir-13-87", "ISO 2022 IR 13\\ISO 2022 IR 87", "ｶﾜﾀﾆ^ﾐﾁﾙ=河谷^満=かわたに^みちる", "ｹﾝｻ"],
  [
    "2022-ir-159-supplement",
    "\\ISO 2022 IR 87\\ISO 2022 IR 159",
    "Okawa^Minoru=丂川^実=おかわ^みのる",
    "準備",
  ],
  ["2022-ir-149-korean", "\\ISO 2022 IR 149", "Baek^Somi=백^소미=백^소미", "검사 done"],
  [CHINESE, "\\ISO 2022 IR 58", "Lu^Ming=陆^明", "第一行\r\n第二行"],
  ["2022-ir-100-144", "ISO 2022 IR 100\\ISO 2022 IR 144", "Ångmær^Ульяна", "für Заречин"],
];

export const characterSetFiles = (): CorpusFile[] => TEXTS.map(textFile);

function textFile([name, terms, patientName, comment]: (typeof TEXTS)[number]): CorpusFile {
  const path = `charset/${name}.dcm`;
  const image = drawPhantom(shapeOf("8x6", 1, 8), path);
  const elements = [
    element("00080005", "CS", terms),
    element("00100010", "PN", encodeText(patientName, terms)),
    element("00104000", "LT", encodeText(comment, terms)),
  ];
  return ownFile(path, image, {
    identity: { patientName },
    elements,
    ...(MISREAD_BY_PYDICOM.has(name) && { misreadBy: ["pydicom"] }),
  });
}
