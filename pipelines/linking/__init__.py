"""Which releases are versions of one statement.

    words         a text as words, figures and names
    same_text     two texts of one language, compared word for word
    evidence      what speaks for and against a pair, and how strongly: pairs only, no database
    copies        evidence from two texts of one language
    publishers    evidence from what publishers say
    clusters      from releases and links to statements, whatever the order of arrival
    roles         what each release is in its statement

Everything here is pure; `pipelines.link` brings it together with the database. Signatures, by which equal
texts find each other, are made in `pipelines.signature`.
"""
