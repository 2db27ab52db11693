-- Records no longer keep the TeX of titles and abstracts beside the readable text: nothing used it.
UPDATE records SET body = json_remove(body, '$.title_tex', '$.abstract_tex')
WHERE body ->> '$.title_tex' IS NOT NULL OR body ->> '$.abstract_tex' IS NOT NULL;
