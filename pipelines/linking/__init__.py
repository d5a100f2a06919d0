"""Which releases are versions of one statement.

    words         a text as words, figures and names
    same_text     two texts of one language, compared word for word
    evidence      what speaks for and against a pair, and how strongly: pairs only, no database
    copies        evidence from two texts of one language
    publishers    evidence from what publishers say
    clusters      from releases and links to statements, whatever the order of arrival
    roles         what each release is in its statement

By content, across languages:

    passages      a text as sentences; `numbers`, `dictionary`, `sounds`: what survives a translation
    prepared      a text as anchors and where they stand; `candidate_keys`: how it is found again
    encoders      vectors of sentences, behind one protocol; `vectors`: those of a text
    sharing, alignment, features, scripts
                  what is measured of two texts
    content       evidence from it, by `weights`
    agglomeration groups joined by all that their pairs say
    records, collection, evaluation
                  files linked without a database, and how well
    republishing, lessons, training, cross_validation
                  where weights come from

Everything here is pure; `pipelines.link` brings it together with the database. Signatures, by which equal
texts find each other, are made in `pipelines.signature`.
"""
